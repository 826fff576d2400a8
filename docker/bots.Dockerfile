# The chat side: no GPU, no ffmpeg.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN ONNXRUNTIME_NODE_INSTALL=skip npm ci
COPY . .
# TypeScript is an optional peer of a package that runs, so prune keeps it.
RUN npm run build && npm prune --omit=dev \
  && rm -rf node_modules/onnxruntime-node node_modules/typescript node_modules/@typescript dist/worker

FROM node:24-bookworm-slim
# Letters on the brush's grid and under a family tree; fontconfig brings a font with it.
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends fontconfig \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
RUN mkdir -p /data && chown node:node /data
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./
USER node
# Fonts are looked through once; what was found is kept where a read-only container can write.
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 XDG_CACHE_HOME=/tmp
EXPOSE 8080
CMD ["node", "bots/main.js"]
