"""What HTTP libraries and tools send as User-Agent when nobody chooses one. .NET's HttpClient and Rust's reqwest send
none.
"""

from __future__ import annotations

import re

DEFAULTS = (
    "aiohttp/3.9.1",
    "Apache-HttpAsyncClient/5.2.1 (Java/17.0.9)",
    "Apache-HttpClient/4.5.14 (Java/17.0.9)",
    "axios/1.6.2",
    "curl/8.4.0",
    "Dart/3.1 (dart:io)",
    "Embarcadero URI Client/1.0",
    "fasthttp",
    "Faraday v2.7.11",
    "Go-http-client/1.1",
    "got (https://github.com/sindresorhus/got)",
    "GuzzleHttp/7",
    "HTTPie/3.2.2",
    "insomnia/2023.5.8",
    "Java/17.0.9",
    "Java-http-client/17.0.9",
    "Jersey/2.41 (HttpUrlConnection 17.0.9)",
    "libwww-perl/6.72",
    "Mozilla/3.0 (compatible; Indy Library)",
    "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)",
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; fr-FR) WindowsPowerShell/5.1.19041.3803",
    "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; fr-FR) PowerShell/7.4.0",
    "node",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
    "node-superagent/8.1.2",
    "okhttp/4.12.0",
    "PHP-SOAP/8.2.13",
    "PHP/8.2.13",
    "PostmanRuntime/7.36.0",
    "Python/3.11 aiohttp/3.9.1",
    "python-httpx/0.27.0",
    "python-requests/2.31.0",
    "Python-urllib/3.11",
    "ReactorNetty/1.1.13",
    "rest-client/2.1.0 (linux x86_64) ruby/3.2.2p53",
    "RestSharp/110.2.0.0",
    "Ruby",
    "Symfony HttpClient (Curl)",
    "undici",
    "Wget/1.21.4",
)
EXAMPLES = ("MonLogiciel/1.0 MaSociete/demo", "MonLogiciel/1.0 MonEntreprise/demo")
"""Those of the documentation, to be changed."""

_PRODUCT = re.compile(r"([^\s/]+)(?:/| \(|$)")
PRODUCTS = frozenset(named[1].lower() for each in (*DEFAULTS, *EXAMPLES) if (named := _PRODUCT.match(each)))
_EDITORS = frozenset(each.split(" ")[1].split("/")[0].lower() for each in EXAMPLES)
_VERSION = re.compile(r"v?\d+(?:\.\w+)*")


def borrowed(agent: str) -> bool:
    """Whether an agent of the right form is named after a library or an example: its product is exactly theirs, or what
    stands for the editor is a library and its version.
    """
    product, _, rest = agent.partition("/")
    editor, _, client = rest.partition(" ")[2].rpartition("/")
    if product.lower() in PRODUCTS or editor.lower() in _EDITORS:
        return True
    return editor.lower() in PRODUCTS and _VERSION.fullmatch(client) is not None
