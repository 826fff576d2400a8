# The GPU side. CUDA 12 and cuDNN 9 are what onnxruntime-node's CUDA provider links against; the provider itself is fetched
# here, at build time. For a machine without a GPU: docker build --build-arg BASE=node:24-bookworm-slim --build-arg CUDA=skip
ARG BASE=nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04

FROM node:24-bookworm-slim AS build
ARG CUDA=true
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN ONNXRUNTIME_NODE_INSTALL=skip npm ci
COPY . .
# TypeScript is an optional peer of a package that runs, so prune keeps it; ONNX Runtime comes with the libraries of every system.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/typescript node_modules/@typescript dist/bots \
  && cd node_modules/onnxruntime-node/bin/napi-v6 \
  && for system in */*; do [ "$system" = "linux/$(node -p process.arch)" ] || rm -r "$system"; done
RUN ONNXRUNTIME_NODE_INSTALL=${CUDA} node node_modules/onnxruntime-node/script/install.js
# The install script may end well without the provider: better no image than one that cannot use its GPU.
RUN [ "${CUDA}" = skip ] || ls node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so

FROM ${BASE}
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
  ffmpeg fonts-noto-cjk fontconfig && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
RUN mkdir -p /data /models && chown 1000:1000 /data /models
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./
USER 1000:1000
# Fonts are looked through once; what was found is kept where a read-only container can write.
ENV NODE_ENV=production DATA_DIR=/data MODELS_DIR=/models XDG_CACHE_HOME=/tmp
CMD ["node", "worker/main.js"]
