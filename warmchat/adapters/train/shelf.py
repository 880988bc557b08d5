"""From trained numbers to files: the LoRA with its metadata, a finished adapter with card and picture on the shelf."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from warmchat import __version__
from warmchat.adapters.train.card import Made, card
from warmchat.adapters.train.layout import file_tensors, layout_of
from warmchat.adapters.train.lora_file import write_lora
from warmchat.adapters.train.plan import OF_A_RUN, TrainingPlan
from warmchat.adapters.train.plot import draw
from warmchat.adapters.train.torch_model import TorchModel
from warmchat.engine.protocol import AdapterSpec


def write_adapter(
    plan: TrainingPlan, model: TorchModel, path: Path, *, tokens: int = 0, exchanges: int = 0, steps: int
) -> None:
    """Write the LoRA as it is now."""
    recipe, header = plan.recipe, plan.header
    tensors = file_tensors(model.lora(), layout_of(header), heads=model.heads, heads_kv=model.heads_kv)
    facts: dict[str, str | int | float] = {
        "made_by": f"warmchat {__version__}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "style": recipe.style,
        "model": header.identity,
        "base": plan.base,
        "profile": recipe.profile,
        "profile_hash": recipe.profile_hash,
        "prompt_hash": recipe.prompt_hash,
        "data_seed": recipe.seed,
        "exchanges": exchanges,
        "reply_tokens": tokens,
        "draws": recipe.draws,
        "steps": steps,
        "epochs": recipe.epochs,
        "batch": recipe.batch,
        "precision": recipe.precision,
        "learning_rate": recipe.learning_rate,
        "dropout": recipe.dropout,
        "rank": recipe.rank,
        "recipe": recipe.hash,
    }
    write_lora(path, tensors, architecture=header.architecture, alpha=recipe.alpha, name=recipe.name, facts=facts)


def spec_of(path: Path) -> AdapterSpec:
    """The LoRA of this file, whole."""
    return AdapterSpec("lora", path.stem, str(path), 1.0)


def put_on_shelf(plan: TrainingPlan, written: Path, made: Made) -> None:
    """Move the file to its place, with the card and the picture beside it, and tidy the run's folder. The adapter comes
    last: who finds it finds its card."""
    target = plan.target
    target.parent.mkdir(parents=True, exist_ok=True)
    picture = target.with_suffix(".svg")
    draw(made.events, picture, title=f"{plan.recipe.name} for {plan.base}")
    write_text(target.with_suffix(".md"), card(made, picture.name))
    written.replace(target)  # both lie in the data folder
    for name in OF_A_RUN:
        with suppress(OSError):
            (plan.folder / name).unlink()


def write_text(path: Path, text: str) -> None:
    """Under a temporary name first."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
