# syntax=docker/dockerfile:1
# Base images are arguments: --build-arg BUILD_IMAGE=… --build-arg RUN_IMAGE=…
ARG BUILD_IMAGE=golang:1.26-bookworm
ARG RUN_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -buildid= -X main.version=${VERSION}" -o /out/sitrep ./cmd/sitrep \
 && mkdir -p /out/data

FROM ${RUN_IMAGE}
COPY --from=build /out/sitrep /sitrep
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DATABASE_URL=/data/sitrep.db \
    SITREP_LISTEN=127.0.0.1:8787
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/sitrep", "doctor", "--health"]
ENTRYPOINT ["/sitrep"]
CMD ["run"]
