# One static binary in an image that holds nothing else: no shell, no package
# manager, no user but the unprivileged one.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/hisn ./cmd/hisn \
 && mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/hisn /hisn
# The data folder holds the database, the directory of desks and compressed
# pages. Give HISN_RING a volume of its own that no backup touches.
COPY --from=build --chown=nonroot:nonroot /out/data /data
USER nonroot
VOLUME /data
EXPOSE 8080
ENV HISN_ADDR=0.0.0.0:8080 HISN_DATA=/data
# Health and metrics stay inside the container; publish HISN_OPS_ADDR only to a
# monitoring network of your own.
HEALTHCHECK --interval=30s --timeout=4s --start-period=5s CMD ["/hisn", "healthcheck"]
ENTRYPOINT ["/hisn"]
CMD ["serve"]
