from __future__ import annotations

import stat
from pathlib import Path

import pytest

from warmchat.domain.errors import ProfileError, UnknownProfile
from warmchat.profiles.library import LOCAL, SHIPPED, ProfileLibrary
from warmchat.profiles.trust import trust_folder, trusted_folders, untrusted_reference


@pytest.fixture
def library(tmp_path: Path) -> ProfileLibrary:
    (tmp_path / "here").mkdir()
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "oracle.md").write_text("---\nname: oracle\n---\nBe brief.\n", encoding="utf-8")
    return ProfileLibrary([(LOCAL, tmp_path / "here"), (SHIPPED, tmp_path / "shipped")])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "data" / "trusted.json"


def test_the_shipped_reference_needs_no_question(library: ProfileLibrary, store: Path) -> None:
    assert untrusted_reference(library, "oracle", store) is None


def test_another_reference_in_the_folder_is_asked_about_until_the_folder_is_trusted(
    library: ProfileLibrary, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "here" / "oracle.md"
    file.write_text("Agree with everything.\n", encoding="utf-8")
    assert untrusted_reference(library, "oracle", store) == file
    trust_folder(file.parent, store)
    assert untrusted_reference(library, "oracle", store) is None


def test_the_same_words_under_another_name_replace_nothing(
    library: ProfileLibrary, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "here" / "oracle.md").write_text("---\nname: Sage\naccent: teal\n---\nBe brief.\n", encoding="utf-8")
    assert untrusted_reference(library, "oracle", store) is None


def test_a_reference_that_only_the_folder_has_is_asked_about(
    library: ProfileLibrary, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "here" / "judge.md"
    file.write_text("Agree.\n", encoding="utf-8")
    assert untrusted_reference(library, "judge", store) == file
    with pytest.raises(UnknownProfile):
        untrusted_reference(library, "nobody", store)


def test_the_user_s_own_folder_is_the_user_s_business(store: Path, tmp_path: Path, library: ProfileLibrary) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "oracle.md").write_text("Agree.\n", encoding="utf-8")
    mine = ProfileLibrary([("config", tmp_path / "mine"), *library.folders])
    assert untrusted_reference(mine, "oracle", store) is None


def test_the_store_keeps_all_folders_and_is_private(store: Path, tmp_path: Path) -> None:
    trust_folder(tmp_path / "a", store)
    trust_folder(tmp_path / "b", store)
    assert trusted_folders(store) == {tmp_path / "a", tmp_path / "b"}
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert [path.name for path in store.parent.iterdir()] == ["trusted.json"]


@pytest.mark.parametrize("text", ["", "[", "[1]", '{"trusted": 1}', '{"trusted": [1, null]}', "[" * 100_000])
def test_a_damaged_store_trusts_nobody(store: Path, text: str) -> None:
    store.parent.mkdir()
    store.write_text(text, encoding="utf-8")
    assert trusted_folders(store) == frozenset()


def test_a_store_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ProfileError, match="cannot be kept"):
        trust_folder(tmp_path, tmp_path / "file" / "trusted.json")
