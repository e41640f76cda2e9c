# One image for bot, worker and keys; haproxy and nginx are there for the worker's lab.
FROM node:24-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends haproxy nginx \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/jailops
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

COPY bin bin
COPY src src
COPY commands commands
COPY templates templates

# New volumes take these owners over; the program's own folder stays root's, but for its compile cache.
RUN ln -s /opt/jailops/bin/jailops.cjs /usr/local/bin/jailops \
 && install -d -o node -g node /keys /var/lib/jailops .jailops

ENV NODE_ENV=production
USER node
ENTRYPOINT ["jailops"]
CMD ["--help"]
