"""The one door to huggingface_hub: what a repository holds, and the bytes of one of its files from any point on.

The library's own `hf_hub_download` is not used: since 2.x it throws away what came when a download stops. Its endpoint
(``HF_ENDPOINT``), tokens, proxies and error messages are used as they are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from warmchat import __version__
from warmchat.domain.errors import PullFailed
from warmchat.domain.text import one_line

TIMEOUT_S = 20.0
_CHUNK = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SAFE_PART = re.compile(r"[^\\\x00-\x1f\x7f:*?\"<>|]{1,200}")


class ConnectionCutError(PullFailed):
    """The connection ended before the file did; asking again from where it stopped may help."""


@dataclass(frozen=True)
class HubFile:
    """A file of a repository. ``size`` in bytes, 0 where the listing does not say."""

    path: str
    size: int


@dataclass(frozen=True)
class Expected:
    """What a whole download must be. ``sha256`` is empty where the hub does not know it."""

    path: str
    revision: str
    size: int
    sha256: str
    etag: str


class Hub:
    """Questions about one repository ``OWNER/REPO``. `endpoint` None: the library's own.

    All methods raise `PullFailed` with a hint: nothing there, no access, no connection, server in trouble.
    """

    def __init__(self, repo: str, endpoint: str | None = None) -> None:
        self.repo = repo
        self._endpoint = endpoint

    def files(self) -> list[HubFile]:
        """All files whose path can safely be one below a folder of ours."""
        hub = _library()
        with self._errors_said():
            info = hub.HfApi(endpoint=self._endpoint).model_info(self.repo, files_metadata=True, timeout=TIMEOUT_S)
        siblings = [(str(item.rfilename), item.size or 0) for item in info.siblings or []]
        return [HubFile(path, size) for path, size in siblings if _is_safe(path)]

    def expected(self, path: str) -> Expected:
        """Size and hash of a file, and the revision that has it, so that a later part is of the same file."""
        hub = _library()
        with self._errors_said(path):
            url = hub.hf_hub_url(self.repo, path, endpoint=self._endpoint)
            found = hub.get_hf_file_metadata(url, timeout=TIMEOUT_S, endpoint=self._endpoint)
        if not found.commit_hash or not found.etag or found.size is None:
            raise PullFailed(
                f"The server says neither size nor hash of {one_line(path)}",
                "it does not seem to be a Hugging Face hub: check HF_ENDPOINT and the proxy",
            )
        etag = str(found.etag)
        sha256 = etag if _SHA256.fullmatch(etag) else ""  # files kept in git itself have another kind of hash
        return Expected(path, str(found.commit_hash), int(found.size), sha256, etag)

    @contextmanager
    def stream(self, wanted: Expected, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The file from byte `start` on, as (where it really begins, chunks): a server may ignore the wish.

        Raises:
            ConnectionCutError: also from the chunks, and where the server is not reached.
        """
        hub = _library()
        utils = hub.utils
        with self._errors_said(wanted.path):
            url = hub.hf_hub_url(self.repo, wanted.path, revision=wanted.revision, endpoint=self._endpoint)
            headers = {**_headers(utils), "Accept-Encoding": "identity"}
            if start:
                headers["Range"] = f"bytes={start}-"
            request = utils.get_session().stream(
                "GET", url, headers=headers, timeout=TIMEOUT_S, follow_redirects=True
            )
            response = request.__enter__()
        try:
            with self._errors_said(wanted.path):
                utils.hf_raise_for_status(response)
            yield (start if response.status_code == 206 else 0), self._chunks(response, wanted.path)
        finally:
            request.__exit__(None, None, None)

    def _chunks(self, response: Any, path: str) -> Iterator[bytes]:
        with self._errors_said(path):
            yield from response.iter_bytes(chunk_size=_CHUNK)

    @contextmanager
    def _errors_said(self, path: str = "") -> Iterator[None]:
        """The edge at which the library's errors become ours."""
        try:
            yield
        except PullFailed:
            raise
        except Exception as error:  # the library's transport has no public name, so its errors cannot be listed
            raise self._said(error, path) from error

    def _said(self, error: Exception, path: str) -> PullFailed:
        from huggingface_hub import errors

        repo = one_line(self.repo)
        known: tuple[tuple[type[Exception], str, str], ...] = (
            (
                errors.GatedRepoError,
                f"{repo} gives its files only to those who accepted its terms",
                "accept them on its page, then run: hf auth login",
            ),
            (errors.RepositoryNotFoundError, *_nothing_there(repo)),
            (
                errors.EntryNotFoundError,
                f"{repo} has no file {one_line(path)}",
                f"warmchat models pull hf:{repo} lists its files",
            ),
            (errors.OfflineModeIsEnabled, "Downloads are switched off by HF_HUB_OFFLINE", "unset it for this command"),
            (errors.HFValidationError, f"{repo} cannot be the name of a repository", "it has the form OWNER/REPO"),
        )
        for kind, message, hint in known:
            if isinstance(error, kind):
                return PullFailed(message, hint)
        if isinstance(error, errors.HfHubHTTPError):
            return _status_said(error.response.status_code, repo)
        reason = one_line(str(error)) or type(error).__name__
        return ConnectionCutError(
            f"The hub cannot be reached: {reason}",
            "check the connection (and HF_ENDPOINT, where it is set), then run the same command again",
        )


def _nothing_there(repo: str) -> tuple[str, str]:
    """The hub gives the same answer for what is missing and for what is private."""
    return f"There is no repository {repo}, or it is private", "check the spelling; for a private one: hf auth login"


def _status_said(status: int, repo: str) -> PullFailed:
    if status in (401, 404):
        return PullFailed(*_nothing_there(repo))
    if status == 403:
        return PullFailed(f"The server does not give {repo} to you (status {status})", "run: hf auth login")
    if status == 429:
        return PullFailed("The server has had too many requests from here", "wait some minutes, then run it again")
    if status >= 500:
        return ConnectionCutError(f"The server is in trouble (status {status})", "run the same command again later")
    return PullFailed(f"The server refused the request for {repo} (status {status})", "check the spelling")


def _is_safe(path: str) -> bool:
    """Whether a path from a server stays below the folder it is put into."""
    parts = path.split("/")
    return len(parts) <= 8 and all(_SAFE_PART.fullmatch(part) and part not in (".", "..") for part in parts)


def _headers(utils: Any) -> dict[str, str]:
    """The user's token where there is one, and who is asking."""
    headers: dict[str, str] = utils.build_hf_headers(library_name="warmchat", library_version=__version__)
    return headers


def _library() -> Any:
    """huggingface_hub, imported on first use: that takes 0.4 s."""
    # With its telemetry on, the library asks the hub for a list of programs and looks for their traces here.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import huggingface_hub

    return huggingface_hub
