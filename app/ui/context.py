"""What the window is given: the running parts, wired once by `app.bootstrap`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.errors import AppError
from app.paths import Paths
from app.runtime.chats.records import AnswerSettings
from app.runtime.chats.service import ChatService
from app.runtime.engine.records import LoadOptions, ModelSpec, Sampling
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.i18n import Languages

if TYPE_CHECKING:
    from app.ui.models.models_service import Models

GUIDE = "guide"
RECENT_LIMIT = 8


class ModelLoader(Protocol):
    """What the window needs of the engine."""

    def begin(self) -> None: ...
    def load(self, spec: ModelSpec, options: LoadOptions) -> object: ...
    def unload(self) -> object: ...
    def close(self) -> object: ...


@dataclass
class Runtime:
    """Settings and services of one running app. Lives in the GUI thread. `make_models` makes the models service when
    it is first wanted, and has it begin."""

    paths: Paths
    settings: Settings
    languages: Languages
    bridge: RuntimeBridge
    engine: ModelLoader
    chats: ChatService
    find_model: Callable[[str], ModelSpec]
    spec: ModelSpec | None = field(default=None)
    make_models: Callable[[], Models] | None = None
    _models: Models | None = field(default=None, repr=False)

    @property
    def models(self) -> Models | None:
        """The models service; None in an app without one."""
        if self._models is None and self.make_models is not None:
            self._models = self.make_models()
        return self._models

    def load(self, name: str) -> AppError | None:
        """Start loading a model by id or path; remembers it as the choice. An unknown one is returned as error."""
        try:
            spec = self.find_model(name)
        except AppError as error:
            return error
        self.spec = spec
        self.settings.set("model", name)
        if name != GUIDE:
            self._remember(name)
        self.engine.load(spec, self.load_options())
        return None

    def release(self) -> None:
        """Free the memory of the model in use; it stays the choice for the next start."""
        self.engine.unload()

    def load_options(self) -> LoadOptions:
        threads = self.settings.get("threads")
        return LoadOptions(
            context=self.settings.get("context"),
            threads=threads or None,
            gpu_layers=0 if self.settings.get("gpu") == "off" else None,
        )

    def answer_settings(self) -> AnswerSettings:
        """The settings in force for the next answer: the model's own values, or the user's."""
        get = self.settings.get
        template = self.spec.template if self.spec else None
        if template is not None and get("model_sampling"):
            sampling, limit = template.sampling, template.max_tokens
        else:
            sampling = Sampling(
                temperature=get("temperature"),
                top_k=get("top_k"),
                top_p=get("top_p"),
                repeat_penalty=get("repeat_penalty"),
            )
            limit = get("max_tokens")
        return AnswerSettings(
            system=get("system_prompt"),
            sampling=sampling,
            max_tokens=limit,
            model_id=self.spec.id if self.spec else "",
            model_name=self.spec.name if self.spec else "",
        )

    def recent_models(self) -> list[Path]:
        """Model files opened before that still exist, newest first."""
        try:
            names = json.loads(self.settings.get("recent_models"))
        except ValueError:
            return []
        return [Path(name) for name in names if isinstance(name, str) and Path(name).is_file()]

    def _remember(self, name: str) -> None:
        names = [name, *(str(path) for path in self.recent_models() if str(path) != name)]
        self.settings.set("recent_models", json.dumps(names[:RECENT_LIMIT], ensure_ascii=False))

    def close(self) -> None:
        """Save the chats and free the model; in bounded time."""
        self.chats.close()
        if self._models is not None:
            self._models.close()
        self.engine.close()

    @property
    def on_guide(self) -> bool:
        return self.spec is None or self.spec.id == GUIDE
