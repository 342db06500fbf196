"""Whether the web server of this container serves: it answers only to the host names that it knows."""

import os
import urllib.request
from urllib.parse import urlsplit

host = urlsplit(os.environ["BASE_URL"]).netloc
port = os.environ.get("PORT", "8000")
request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=4) as answer:
    answer.read()
