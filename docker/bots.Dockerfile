# The chat side: no GPU, no ffmpeg.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN ONNXRUNTIME_NODE_INSTALL=skip npm ci
COPY . .
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/onnxruntime-node

FROM node:24-bookworm-slim
WORKDIR /app
RUN mkdir -p /data && chown node:node /data
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./
USER node
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0
EXPOSE 8080
CMD ["node", "bots/main.js"]
