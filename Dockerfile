# One image for every element and for the runner. Built in two stages: what builds stays behind.
ARG BASE_IMAGE=node:24-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.base.json ./
COPY packages packages
RUN npm ci --no-audit --no-fund \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf packages/*/test packages/*/dist/test packages/*/dist/*.tsbuildinfo \
 && find packages -name '*.map' -delete

FROM ${BASE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY package.json ./
COPY scenarios scenarios
RUN mkdir -p /app/out /var/lib/ims-sim && chown 1000:1000 /app/out /var/lib/ims-sim
USER 1000:1000
VOLUME ["/var/lib/ims-sim"]
ENTRYPOINT ["node", "packages/cli/bin/ims.js"]
CMD ["--help"]
