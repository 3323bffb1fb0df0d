# One image for the web part (`serve`) and the worker (`worker`). Nothing secret is inside: settings come from
# the environment, and policies from a mounted approvals.toml.
FROM python:3.13-slim

WORKDIR /app

# Wheels only: nothing runs code while it is installed, and no compiler is needed.
COPY requirements.lock .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock

# From here on nobody is root. The example graphs keep their data in .approvals.
RUN useradd --system --uid 10001 --home-dir /app approvals \
    && install -d -o approvals /app/.approvals \
    && printf '#!/usr/local/bin/python\nfrom bot.cli import main\n\nmain()\n' > /usr/local/bin/approvals \
    && chmod 755 /usr/local/bin/approvals

COPY langgraph.json ./
COPY graphs graphs
COPY bot bot

ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=3000
USER approvals
EXPOSE 3000

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]

ENTRYPOINT ["approvals"]
CMD ["serve"]
