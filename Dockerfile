# The server in a container. State lives in /data: mount a volume there, or everything is lost with the container.
#   docker build -t countersign .
#   docker run -p 127.0.0.1:8000:8000 -v countersign:/data --env-file .env countersign
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml ./
COPY src ./src
COPY graphs ./graphs
RUN mvn -q -B package -Dmaven.test.skip=true -Dspotless.check.skip -Dmdep.analyze.skip

FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --home-dir /data countersign && install -d -o countersign -g countersign -m 700 /data
COPY --from=build /src/target/countersign.jar /opt/countersign/target/countersign.jar
COPY countersign /opt/countersign/countersign
COPY graphs /opt/countersign/graphs
USER countersign
WORKDIR /data
# In a container loopback is the container itself. Put a proxy with TLS before it, see docs/operations.md.
ENV COUNTERSIGN_HOST=0.0.0.0 \
    COUNTERSIGN_STATE_DIR=/data/state \
    COUNTERSIGN_DB_URL=jdbc:h2:file:/data/checkpoints/countersign
VOLUME /data
EXPOSE 8000
# exec form: a stop reaches the program itself, which lets running turns come to a rest
ENTRYPOINT ["/opt/countersign/countersign"]
CMD ["serve"]
