from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gguf.gguf_files import CHAT, gguf_bytes
from warmchat.domain.errors import PullFailed
from warmchat.models import pull
from warmchat.models.hub import HubFile
from warmchat.models.pull import choose, parse_spec, pull_hf

from .fake_hub import FakeHub

# Larger than the client's reading chunk, so that a cut leaves some of it on the disk.
MODEL = gguf_bytes({**CHAT, "general.zz": "x" * 900_000}, [("a", (32, 65_536), 2)])
REPO = "owner/tiny-GGUF"


def no_pause(seconds: float) -> None:
    assert 0 < seconds <= 8


def fetch(
    hub: FakeHub, target: Path, spec: str = f"hf:{REPO}", progress: Callable[[str, int, int], None] | None = None
) -> Path:
    return pull_hf(spec, target, progress=progress, pause=no_pause)


def parts(target: Path) -> list[Path]:
    return sorted(target.rglob("*.part"))


@pytest.fixture(autouse=True)
def filled(hub: FakeHub) -> None:
    hub.files[REPO] = {"tiny.Q4_0.gguf": MODEL, "README.md": b"# Tiny"}


def test_the_only_gguf_is_fetched_and_checked(hub: FakeHub, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    file = fetch(hub, tmp_path, progress=lambda *step: seen.append(step))
    assert file == tmp_path / "owner" / "tiny-GGUF" / "tiny.Q4_0.gguf"
    assert file.read_bytes() == MODEL
    assert seen[0] == ("download", 0, len(MODEL))
    assert ("download", len(MODEL), len(MODEL)) in seen
    assert seen[-1] == ("check", len(MODEL), len(MODEL))
    assert [done for phase, done, _ in seen if phase == "download"] == sorted(
        done for phase, done, _ in seen if phase == "download"
    )
    assert parts(tmp_path) == []


def test_the_download_is_of_the_revision_that_was_asked_about(hub: FakeHub, tmp_path: Path) -> None:
    fetch(hub, tmp_path)
    assert [path for method, path, _ in hub.requests if method == "GET" and "/resolve/" in path] == [
        f"/{REPO}/resolve/c0ffee{'0' * 34}/tiny.Q4_0.gguf"
    ]


def test_what_is_there_is_not_fetched_again_unless_it_is_damaged(hub: FakeHub, tmp_path: Path) -> None:
    file = fetch(hub, tmp_path)
    fetch(hub, tmp_path)
    assert len(hub.downloads()) == 1
    file.write_bytes(MODEL[:-1] + b"!")
    assert fetch(hub, tmp_path).read_bytes() == MODEL
    assert len(hub.downloads()) == 2


def test_a_cut_connection_is_taken_up_within_one_call(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut_after = [1_200_000, 0, 300_000]
    assert fetch(hub, tmp_path).read_bytes() == MODEL
    starts = [int(wanted.removeprefix("bytes=").rstrip("-") or 0) for wanted in hub.downloads()]
    assert starts == sorted(starts)
    assert starts[0] == 0
    assert starts[-1] > 0


def test_a_download_that_was_given_up_goes_on_in_the_next_call(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut_after = [1_200_000] + [0] * pull.TRIES
    with pytest.raises(PullFailed, match="are kept") as raised:
        fetch(hub, tmp_path)
    assert "run the same command again" in raised.value.hint
    (part,) = parts(tmp_path)
    kept = part.stat().st_size
    assert 0 < kept < len(MODEL)
    hub.requests.clear()
    assert fetch(hub, tmp_path).read_bytes() == MODEL
    assert hub.downloads() == [f"bytes={kept}-"]


def test_a_server_that_ignores_the_range_starts_over(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut_after = [1_200_000]
    hub.ignore_range = True
    assert fetch(hub, tmp_path).read_bytes() == MODEL


def test_ctrl_c_keeps_the_part(hub: FakeHub, tmp_path: Path) -> None:
    def interrupt(phase: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(hub, tmp_path, progress=interrupt)
    (part,) = parts(tmp_path)
    kept = part.stat().st_size
    assert kept > 0
    assert fetch(hub, tmp_path).read_bytes() == MODEL
    assert hub.downloads()[-1] == f"bytes={kept}-"


def test_a_wrong_hash_is_never_given_the_name(hub: FakeHub, tmp_path: Path) -> None:
    hub.wrong_hash = True
    with pytest.raises(PullFailed, match="another hash"):
        fetch(hub, tmp_path)
    assert list(tmp_path.rglob("*.gguf")) == parts(tmp_path) == []


def test_a_part_of_an_older_version_is_not_mixed_in(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut_after = [1_200_000] + [0] * pull.TRIES
    with pytest.raises(PullFailed):
        fetch(hub, tmp_path)
    newer = MODEL[:-1] + b"!"
    hub.files[REPO]["tiny.Q4_0.gguf"] = newer
    assert fetch(hub, tmp_path).read_bytes() == newer
    assert hub.downloads()[-1] == ""
    assert parts(tmp_path) == []


def test_a_damaged_part_is_thrown_away_and_the_next_call_is_whole(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut_after = [1_200_000] + [0] * pull.TRIES
    with pytest.raises(PullFailed):
        fetch(hub, tmp_path)
    (part,) = parts(tmp_path)
    part.write_bytes(b"GGUF" + bytes(part.stat().st_size - 4))
    with pytest.raises(PullFailed, match="another hash"):
        fetch(hub, tmp_path)
    assert fetch(hub, tmp_path).read_bytes() == MODEL


def test_a_web_page_in_place_of_the_file_is_noticed_at_once(hub: FakeHub, tmp_path: Path) -> None:
    hub.send_instead = b"<html>log in</html>" + b" " * (len(MODEL) - 19)
    seen: list[int] = []
    with pytest.raises(PullFailed, match="not a GGUF file: it looks like a web page"):
        fetch(hub, tmp_path, progress=lambda phase, done, total: seen.append(done))
    assert seen == [0]
    assert [part.stat().st_size for part in parts(tmp_path)] == [0]


def test_more_than_was_announced_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    hub.send_instead = MODEL + bytes(3_000_000)
    with pytest.raises(PullFailed, match="more than the"):
        fetch(hub, tmp_path)


def test_a_whole_file_that_is_a_broken_gguf_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    hub.files[REPO]["tiny.Q4_0.gguf"] = MODEL[:-100]
    with pytest.raises(PullFailed, match=r"came whole, but .* is cut short"):
        fetch(hub, tmp_path)
    assert list(tmp_path.rglob("*.gguf")) == parts(tmp_path) == []


def test_without_a_sha256_size_and_header_are_checked(hub: FakeHub, tmp_path: Path) -> None:
    hub.plain_etag = True
    assert fetch(hub, tmp_path).read_bytes() == MODEL


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "", "no repository owner/tiny-GGUF, or it is private"),
        (403, "", "status 403"),
        (404, "RepoNotFound", "no repository"),
        (403, "GatedRepo", "accepted its terms"),
        (429, "", "too many requests"),
        (503, "", "in trouble"),
        (418, "", "status 418"),
    ],
)
def test_what_the_server_says_becomes_a_sentence(
    hub: FakeHub, tmp_path: Path, status: int, code: str, says: str
) -> None:
    hub.status, hub.error_code = status, code
    with pytest.raises(PullFailed, match=says) as raised:
        fetch(hub, tmp_path)
    assert raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_repository_or_file_that_is_not_there(hub: FakeHub, tmp_path: Path) -> None:
    with pytest.raises(PullFailed, match="no repository owner/nothing"):
        fetch(hub, tmp_path, "hf:owner/nothing")
    with pytest.raises(PullFailed, match=r"has no file 'Q8\.gguf'") as raised:
        fetch(hub, tmp_path, f"hf:{REPO}:Q8.gguf")
    assert f"warmchat models pull hf:{REPO}:tiny.Q4_0.gguf" in raised.value.hint


def test_a_server_that_is_down(hub: FakeHub, tmp_path: Path) -> None:
    hub.stop()
    try:
        with pytest.raises(PullFailed, match="cannot be reached") as raised:
            fetch(hub, tmp_path)
        assert "HF_ENDPOINT" in raised.value.hint
    finally:
        hub.start()


def test_offline_mode(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(PullFailed, match="HF_HUB_OFFLINE"):
        fetch(hub, tmp_path)


def test_a_disk_that_is_too_small_is_said_before(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=pull.SPARE_BYTES))
    with pytest.raises(PullFailed, match=r"0\.07 GB free"):
        fetch(hub, tmp_path)
    assert hub.downloads() == []


def test_a_disk_that_fills_up_keeps_the_part(hub: FakeHub, tmp_path: Path) -> None:
    def full(phase: str, done: int, total: int) -> None:
        if done:
            raise OSError(28, "No space left on device")

    with pytest.raises(PullFailed, match="disk is full"):
        fetch(hub, tmp_path, progress=full)
    assert parts(tmp_path)[0].stat().st_size > 0


def test_a_target_that_cannot_be_written(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PullFailed, match="cannot be written"):
        fetch(hub, tmp_path / "file")


def test_two_downloads_of_one_file_do_not_mix(hub: FakeHub, tmp_path: Path) -> None:
    def second(phase: str, done: int, total: int) -> None:
        with pytest.raises(PullFailed, match="being fetched already"):
            fetch(hub, tmp_path)

    assert fetch(hub, tmp_path, progress=second).read_bytes() == MODEL


def test_paths_from_a_server_stay_below_the_target(hub: FakeHub, tmp_path: Path) -> None:
    hostile = ("../up.gguf", "/abs.gguf", "a/../../b.gguf", "c\\..\\d.gguf", "e\x1b.gguf")
    hub.files[REPO] = dict.fromkeys(hostile, MODEL)
    with pytest.raises(PullFailed, match="no GGUF file"):
        fetch(hub, tmp_path)
    hub.files[REPO]["sub/q4/ok.gguf"] = MODEL
    assert fetch(hub, tmp_path).relative_to(tmp_path).as_posix() == f"{REPO}/sub/q4/ok.gguf"


FILES = [
    HubFile("README.md", 10),
    HubFile("tiny.Q4_K_M.gguf", 400_000_000),
    HubFile("tiny.Q8_0.gguf", 800_000_000),
    HubFile("mmproj-tiny.gguf", 90_000_000),
    HubFile("big-00001-of-00002.gguf", 9),
]


def test_several_files_are_listed_with_the_command_to_type() -> None:
    with pytest.raises(PullFailed, match="has 2 GGUF files: say which") as raised:
        choose(FILES, "", REPO)
    assert raised.value.hint.splitlines() == [
        "type one of:",
        f"    warmchat models pull hf:{REPO}:tiny.Q4_K_M.gguf   (0.40 GB)",
        f"    warmchat models pull hf:{REPO}:tiny.Q8_0.gguf   (0.80 GB)",
    ]


def test_a_file_by_name_or_by_a_part_of_it() -> None:
    assert choose(FILES, "tiny.Q8_0.gguf", REPO).size == 800_000_000
    assert choose(FILES, "q4_k_m", REPO).path == "tiny.Q4_K_M.gguf"
    assert choose(FILES, "mmproj-tiny.gguf", REPO).path == "mmproj-tiny.gguf"  # asked for by its whole name
    with pytest.raises(PullFailed, match="say which"):
        choose(FILES, "tiny", REPO)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("README.md", "is not a GGUF file"), ("big-00001-of-00002.gguf", "split over several"), ("x", "has no file 'x'")],
)
def test_files_that_cannot_be_used(wanted: str, says: str) -> None:
    with pytest.raises(PullFailed, match=says):
        choose(FILES, wanted, REPO)


def test_repositories_without_a_model() -> None:
    with pytest.raises(PullFailed, match="has no GGUF file"):
        choose(FILES[:1], "", REPO)
    with pytest.raises(PullFailed, match="only models split"):
        choose(FILES[4:], "", REPO)


@pytest.mark.parametrize("spec", ["", "hf:", "hf:owner", "owner/repo", "hf:a/b/c", "hf:../x", "hf:a/..", "http://a/b"])
def test_specs_of_another_form(spec: str) -> None:
    with pytest.raises(PullFailed, match="does not say what to fetch"):
        parse_spec(spec)


def test_specs() -> None:
    assert parse_spec("hf:a/b") == ("a/b", "")
    assert parse_spec(" hf:a/b.c:sub/x.gguf ") == ("a/b.c", "sub/x.gguf")


def test_the_hash_of_the_test_s_own_model_is_what_the_hub_states() -> None:
    assert len(hashlib.sha256(MODEL).hexdigest()) == 64
    assert len(MODEL) > 2_000_000
