from __future__ import annotations

import os
from pathlib import Path

import pytest

from warmchat.domain.errors import ProfileError, UnknownProfile
from warmchat.profiles import library as library_module
from warmchat.profiles.library import LOCAL, SHIPPED, ProfileLibrary, default_folders
from warmchat.settings import Settings

GOOD = "---\nname: {name}\n---\nYou are {name}.\n"
BROKEN = "---\nsampling: {temperature: 9}\n---\nHi\n"


def write(folder: Path, profile_id: str, text: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{profile_id}.md"
    file.write_text(text or GOOD.format(name=profile_id.title()), encoding="utf-8")
    return file


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    write(mine, "companion", GOOD.format(name="Mine"))
    write(mine, "kind")
    write(shipped, "companion")
    write(shipped, "oracle")
    return mine, shipped


@pytest.fixture
def library(folders: tuple[Path, Path]) -> ProfileLibrary:
    return ProfileLibrary([("config", folders[0]), (SHIPPED, folders[1])])


def test_the_first_folder_that_has_an_id_wins_and_says_so(
    library: ProfileLibrary, folders: tuple[Path, Path]
) -> None:
    assert library.ids() == ["companion", "kind", "oracle"]
    mine = library.get("companion")
    assert (mine.name, mine.source) == ("Mine", str(folders[0] / "companion.md"))
    assert library.get("oracle").source == "shipped"
    assert library.file_of("oracle") == (SHIPPED, folders[1] / "oracle.md")
    assert [profile.id for profile in library.all()] == library.ids()
    assert library.problems() == library.warnings() == []


def test_an_edit_is_live(library: ProfileLibrary, folders: tuple[Path, Path]) -> None:
    before = library.get("oracle")
    write(folders[1], "oracle", "---\nname: Sage\n---\nBe brief.\n")
    after = library.get("oracle")
    assert (after.name, after.system_prompt) == ("Sage", "Be brief.")
    assert after.hash != before.hash


def test_an_edit_of_the_same_length_and_time_is_seen(library: ProfileLibrary, folders: tuple[Path, Path]) -> None:
    file = folders[0] / "kind.md"
    library.get("kind")
    times = file.stat()
    write(folders[0], "kind", GOOD.format(name="Dink"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a copying tool that keeps times does
    assert library.get("kind").name == "Dink"


def test_files_are_read_only_when_they_change(library: ProfileLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    library.all()
    monkeypatch.setattr(library_module, "read_profile", lambda *a, **k: pytest.fail("read again"))
    assert library.get("oracle").name == "Oracle"
    assert library.problems() == []
    assert not library.changed()


def test_a_broken_edit_keeps_the_last_good_version_and_is_a_problem_until_mended(
    library: ProfileLibrary, folders: tuple[Path, Path]
) -> None:
    good = library.get("companion")
    write(folders[0], "companion", BROKEN)
    assert library.get("companion") == good
    assert "companion" in library.ids()
    (problem,) = library.problems()
    assert f"{folders[0] / 'companion.md'}, line 2: temperature cannot be 9" in problem
    assert "write a number" in problem
    assert "stays in force" in problem
    write(folders[0], "companion", GOOD.format(name="Mended"))
    assert library.get("companion").name == "Mended"
    assert library.problems() == []


def test_a_file_that_was_always_broken_is_an_error_and_a_problem(
    library: ProfileLibrary, folders: tuple[Path, Path]
) -> None:
    file = write(folders[0], "broken", BROKEN)
    with pytest.raises(ProfileError, match="line 2"):
        library.get("broken")
    assert "broken" not in library.ids()
    assert len(library.problems()) == 1
    file.unlink()
    assert library.problems() == []
    with pytest.raises(UnknownProfile):
        library.get("broken")


def test_a_broken_file_does_not_give_way_to_the_shipped_one_unsaid(tmp_path: Path) -> None:
    write(tmp_path / "mine", "oracle", BROKEN)
    write(tmp_path / "shipped", "oracle")
    with pytest.raises(ProfileError, match="temperature"):
        ProfileLibrary([("config", tmp_path / "mine"), (SHIPPED, tmp_path / "shipped")]).get("oracle")


def test_a_removed_file_keeps_its_last_version_for_who_uses_it(
    library: ProfileLibrary, folders: tuple[Path, Path]
) -> None:
    kind = library.get("kind")
    (folders[0] / "kind.md").unlink()
    assert library.get("kind") == kind
    assert "kind" not in library.ids()
    assert "is gone" in library.problems()[0]
    (folders[0] / "companion.md").unlink()
    assert library.get("companion").source == "shipped"  # the next folder has it


def test_an_unknown_profile_is_told_the_nearest_name(library: ProfileLibrary) -> None:
    with pytest.raises(UnknownProfile) as raised:
        library.get("orcale")
    assert "'orcale'" in raised.value.message
    assert raised.value.hint == "did you mean oracle? There are: companion, kind, oracle"
    with pytest.raises(UnknownProfile, match="no profile 'a b'"):
        library.get("a\x1b[31m b")
    with pytest.raises(UnknownProfile, match="profiles new"):
        ProfileLibrary([]).get("x")


def test_files_that_stand_beside_profiles_are_none(library: ProfileLibrary, folders: tuple[Path, Path]) -> None:
    for name in ("README.md", "readme.md", "_tried.md", ".hidden.md", "notes.txt", "oracle.md~"):
        (folders[0] / name).write_text("# no profile", encoding="utf-8")
    (folders[0] / "folder.md").mkdir()
    (folders[0] / "nowhere.md").symlink_to(folders[0] / "missing")
    assert library.ids() == ["companion", "kind", "oracle"]
    assert [p for p in library.problems() if "folder.md" not in p] == []


def test_a_name_that_cannot_be_an_id_is_a_problem(library: ProfileLibrary, folders: tuple[Path, Path]) -> None:
    write(folders[0], "My Friend")
    write(folders[0], "x\x1b[31m")
    problems = library.problems()
    assert len(problems) == 2
    assert any("My Friend" in problem for problem in problems)
    assert all(problem.isprintable() for problem in problems)


def test_warnings_come_from_the_files_that_count(library: ProfileLibrary, folders: tuple[Path, Path]) -> None:
    write(folders[0], "companion", "---\nacent: warm\n---\n")
    write(folders[1], "companion", "---\nhidden: 1\n---\n")
    (warning,) = library.warnings()
    assert warning.endswith("line 2: acent is not known; did you mean accent?")
    assert library.parsed("companion").extra == {"acent": "warm"}


def test_changed_tells_once(library: ProfileLibrary, folders: tuple[Path, Path]) -> None:
    assert not library.changed()
    file = write(folders[0], "new")
    assert library.changed()
    assert not library.changed()
    library.all()
    assert not library.changed()
    file.unlink()
    assert library.changed()


def test_missing_folders_are_nothing(tmp_path: Path) -> None:
    assert ProfileLibrary([("config", tmp_path / "none")]).all() == []


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(library_module, "config_folder", lambda: tmp_path / "config")
    monkeypatch.setattr(library_module, "shipped_folder", lambda name: tmp_path / "shipped" / name)
    (tmp_path / "shipped" / "system_prompts").mkdir(parents=True)
    return tmp_path


def test_the_search_order(elsewhere: Path) -> None:
    (elsewhere / "work" / "system_prompts").mkdir()
    settings = Settings(profile_dir=Path("mine"), data_dir=elsewhere)
    with pytest.raises(ProfileError, match="mine"):
        default_folders(settings)
    (elsewhere / "work" / "mine").mkdir()
    assert default_folders(settings) == [
        ("--profile-dir", elsewhere / "work" / "mine"),
        (LOCAL, elsewhere / "work" / "system_prompts"),
        ("config", elsewhere / "config" / "system_prompts"),
        (SHIPPED, elsewhere / "shipped" / "system_prompts"),
    ]
    assert LOCAL not in dict(default_folders(settings, local=False))


def test_in_a_checkout_the_local_folder_is_the_shipped_one_and_comes_last(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere / "shipped")
    labels = [label for label, _ in default_folders(Settings(data_dir=elsewhere))]
    assert labels == ["config", SHIPPED]
    write(elsewhere / "config" / "system_prompts", "oracle", GOOD.format(name="Mine"))
    write(elsewhere / "shipped" / "system_prompts", "oracle")
    assert ProfileLibrary(default_folders(Settings(data_dir=elsewhere))).get("oracle").name == "Mine"


def test_a_broken_file_that_takes_the_place_of_a_good_one_keeps_the_good_one(
    library: ProfileLibrary, folders: tuple[Path, Path]
) -> None:
    good = library.get("oracle")
    write(folders[0], "oracle", BROKEN)
    assert library.get("oracle") == good
    assert str(folders[0] / "oracle.md") in library.problems()[0]
