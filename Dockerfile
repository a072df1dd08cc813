# What everything stands on. A tag is another image tomorrow, so the build wants the digest of the one that was tested:
# docs/kubernetes.md says how to find and how to renew it.
ARG BASE=node:24-slim
ARG UNPINNED=refused

FROM ${BASE} AS build
ARG BASE
ARG UNPINNED
RUN case "$BASE=$UNPINNED" in *@sha256:*|*=accepted) ;; *) echo "BASE=$BASE has no digest: see docs/kubernetes.md, or accept any image of that name by --build-arg UNPINNED=accepted" >&2; exit 1 ;; esac
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY node node
RUN npm ci
COPY tsconfig.json ./
COPY bin bin
COPY src src
# The packages for buckets and Kafka stay: whoever runs an image cannot put them beside the program.
ARG SDKS="@aws-sdk/client-s3 @azure/identity @azure/storage-blob @google-cloud/storage @platformatic/kafka"
RUN npm run build && for sdk in $SDKS; do npm pkg set "dependencies[$sdk]=*" && npm pkg delete "devDependencies[$sdk]" || exit 1; done && npm prune --omit=dev

FROM ${BASE}
ARG BASE
LABEL org.opencontainers.image.base.name=${BASE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/bin bin
COPY --from=build /build/dist dist
# What `simulate --attack` sends.
COPY content/detections content/detections
COPY content/events content/events
# The only path that is written; everything else works on a read-only root file system.
RUN install -d -m 0700 -o 65532 -g 65532 /var/lib/wandb-audit-forwarder
USER 65532:65532
VOLUME /var/lib/wandb-audit-forwarder
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "/app/bin/wandb-audit-forwarder.js", "healthcheck"]
# Says that this is a container (systemd.io/CONTAINER_INTERFACE), where a secret of mode 0644 is a warning only.
ENV container=oci
# The settings that the program would otherwise start itself again with.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=262144
ENTRYPOINT ["node", "--max-semi-space-size=8", "/app/bin/wandb-audit-forwarder.js"]
CMD ["run"]
