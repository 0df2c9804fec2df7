# One image for every element and for the runner. What builds stays behind in the stages before the last.
ARG BASE_IMAGE=node:24-bookworm-slim

# The manifests alone: while they stay as they are, what `npm ci` made comes from the cache.
FROM ${BASE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
RUN find packages -mindepth 2 -maxdepth 2 ! -name package.json -exec rm -rf {} +

FROM ${BASE_IMAGE} AS modules
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM modules AS build
COPY tsconfig.json tsconfig.base.json ./
COPY packages packages
RUN npm run --silent build && rm -f packages/cli/dist/bundle/page/*.d.ts packages/cli/dist/bundle/page/*.map

# What running takes is in the bundle: no compiler, no tests, no modules.
FROM ${BASE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY packages/cli/package.json packages/cli/
COPY packages/cli/bin packages/cli/bin
COPY --from=build /app/packages/cli/dist/bundle packages/cli/dist/bundle
COPY scenarios scenarios
# A new volume at either place takes its owner from here.
RUN mkdir -p out /var/lib/ims-sim && chown 1000:1000 out /var/lib/ims-sim \
 # `docker run IMAGE run ...` and `docker run IMAGE ims run ...` are the same; in the image the command is `ims`, as everywhere.
 && printf '#!/bin/sh\n[ "$1" = ims ] && shift\nexec node /app/packages/cli/bin/ims.js "$@"\n' > /usr/local/bin/ims \
 && chmod 755 /usr/local/bin/ims
USER 1000:1000
ENTRYPOINT ["ims"]
CMD ["--help"]
