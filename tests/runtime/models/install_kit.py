"""What the tests of installs share: a catalogue of tiny real models, a service over it, and someone who listens."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.errors import Fixable
from app.paths import Paths
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import CancelToken, Job
from app.runtime.models.catalogue import Catalogue, Key, Model, ModelFile, ModelKind, ModelTarget, Words
from app.runtime.models.catalogue import load as load_catalogue
from app.runtime.models.installs import InstallChanged, InstallPlan, InstallRequest, InstallState, InstallStatus
from app.runtime.models.memory import Memory
from app.runtime.models.service import Given, ModelOptions, ModelService
from app.runtime.weights.recognise import recognise
from app.runtime.weights.records import Origin
from tests.runtime.models.download_kit import QUICK
from tests.runtime.models.hub import Hub

GB = 10**9
BLOOM, ENCRYPTED, READY, GPTQ = "tiny-bloom", "tiny-enc", "tiny-gguf", "tiny-gptq"
GOOD_ANSWER = "北京是中国的首都，有三千多年的历史。这里有故宫和长城，每年都有很多游客来参观。"
WORDS = Words("词", "words")
WAIT = 20.0
ENCRYPTED_PARTS = ("config.json", "generation_config", "pytorch_model.bin", "tokenizer", "special_tokens")

GPTQ_FILES = (
    "bloom-tiny-4bit-128g.pt",
    "bloom-tiny-8bit-128g.pt",
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def encrypted_files(fx: Path) -> list[Path]:
    return sorted(one for one in (fx / "enc" / "encrypted").iterdir() if one.name.startswith(ENCRYPTED_PARTS))


def tiny_catalogue(fx: Path) -> Catalogue:
    """Rows whose files are the fixtures, beside the real ones. Of one encrypted file only a part of the name is known,
    of the quantized model each file of weights is a target of its own."""
    key = Key("tiny", "tiny/consolidated.00.pth", None, "", "", "", ())
    bloom = _files(sorted((fx / "bloom-hf").iterdir()))
    encrypted = tuple(_half_known(one) for one in _files(encrypted_files(fx)))
    gptq = _files([fx / "gptq-bloom" / name for name in GPTQ_FILES])
    gptq = tuple(replace(one, optional=one.name.endswith(".pt")) for one in gptq)
    rows = (
        _row(BLOOM, ModelKind.HUGGING_FACE, bloom, (("Q8_0", None), ("F16", None)), "belle-bloom"),
        _row(ENCRYPTED, ModelKind.ENCRYPTED, encrypted, (("Q8_0", None), ("F16", None)), "belle-llama", key),
        _row(READY, ModelKind.GGUF, _files([fx / "gguf-ref" / "bloom-f16.gguf"]), (("F16", None),), "belle-bloom"),
        _row(GPTQ, ModelKind.GPTQ, gptq, (("Q4_1", GPTQ_FILES[0]), ("Q8_0", GPTQ_FILES[1])), "belle-bloom-gptq"),
    )
    real = load_catalogue()
    return Catalogue((*rows, *real.models), (key, *real.keys))


def _files(paths: Iterable[Path]) -> tuple[ModelFile, ...]:
    return tuple(ModelFile(one.name, one.stat().st_size, None, sha256(one)) for one in paths)


def _half_known(file: ModelFile) -> ModelFile:
    if not file.name.startswith("tokenizer.model"):
        return file
    return ModelFile("tokenizer.model.*.enc", None, None, None, plain_name="tokenizer.model")


def _row(
    name: str,
    kind: ModelKind,
    files: tuple[ModelFile, ...],
    kinds: tuple[tuple[str, str | None], ...],
    template: str,
    key: Key | None = None,
) -> Model:
    download = sum(one.size or 0 for one in files if not one.optional)
    targets = tuple(
        ModelTarget(kind_of, weights, download, 1_000_000, download + 1_000_000, 50_000_000, not number, WORDS)
        for number, (kind_of, weights) in enumerate(kinds)
    )
    return Model(
        id=name,
        name=name.title(),
        kind=kind,
        good_for=WORDS,
        reason=None,
        instead=None,
        chat=True,
        architecture="llama" if key else "bloom",
        base="",
        parameters=700_000,
        shape=None,
        stored="F16",
        context=2048,
        template=template,
        licence="apache-2.0",
        terms=WORDS,
        terms_url="",
        repository=f"Tiny/{name}",
        revision=None,
        key=key,
        files=files,
        targets=targets,
        sources=(),
    )


def tiny_hub(hub: Hub, fx: Path) -> None:
    """Put the files of the rows on the hub; those of weights on its second server."""
    places = {
        BLOOM: sorted((fx / "bloom-hf").iterdir()),
        ENCRYPTED: encrypted_files(fx),
        READY: [fx / "gguf-ref" / "bloom-f16.gguf"],
        GPTQ: [fx / "gptq-bloom" / name for name in GPTQ_FILES],
    }
    for name, paths in places.items():
        large = [one.name for one in paths if one.stat().st_size > 50_000]
        hub.add(f"Tiny/{name}", {one.name: one for one in paths}, lfs=large)


@dataclass
class Listener:
    """Keeps all events and waits for some. Give it as `emit` and as `sink`. `also`: called with each event."""

    events: list[Event] = field(default_factory=list)
    also: Callable[[Event], None] = lambda _event: None

    def __post_init__(self) -> None:
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()
        self.also(event)

    def wait(self, found: Callable[[list[Event]], Any]) -> Any:
        """What `found` finds in the events, when it does."""
        end = time.monotonic() + WAIT
        with self._news:
            while not (result := found(self.events)):
                assert self._news.wait(end - time.monotonic()), [type(one).__name__ for one in self.events[-5:]]
        return result

    def result(self, job: Job) -> Any:
        """Of a finished job. Raises its `AppError`."""
        ending = self.wait(lambda events: [one for one in events if one.job == job.id and is_ending(one)])[0]
        if isinstance(ending, JobFailed):
            raise ending.error
        assert isinstance(ending, JobFinished), ending
        return ending.result

    def states(self, install: str) -> list[InstallState]:
        return [one.state for one in self.events if isinstance(one, InstallChanged) and one.state.id == install]

    def until(self, install: str, *status: InstallStatus) -> InstallState:
        """The install's state when its status first is one of these, counted from now."""
        start = len(self.events)
        last = self.states(install)[-1:]
        if last and last[0].status in status:
            return last[0]

        def found(events: list[Event]) -> list[InstallState]:
            news = [one.state for one in events[start:] if isinstance(one, InstallChanged) and one.state.id == install]
            return [one for one in news if one.status in status]

        state: InstallState = self.wait(found)[0]
        return state


def is_ending(event: Event) -> bool:
    return isinstance(event, (JobFinished, JobFailed, JobCancelled))


def answers_well(path: Path, _question: str, _template: str, _cancel: CancelToken) -> str:
    """In place of a child process; the file must at least be a model."""
    found = recognise(path)
    if found.problem:
        raise found.problem
    return GOOD_ANSWER


def origin_of(path: Path, _architecture: str, model: str) -> Origin:
    return Origin(name=model or path.stem, license="apache-2.0", template="{{ messages }}", template_id="belle-bloom")


@dataclass
class Kit:
    """A service on a data folder of its own. Change `options`, `trial` and `back` (what unloading gives) at will."""

    home: Path
    fx: Path
    hub: Hub | None = None
    options: ModelOptions = field(default_factory=ModelOptions)
    free: int = 500 * GB
    memory: Memory = field(default_factory=lambda: Memory(16 * GB, 12 * GB))
    trial: Callable[[Path, str, str, CancelToken], str] = answers_well
    back: Callable[[], int] = lambda: 0

    def __post_init__(self) -> None:
        self.paths = Paths(self.home).create()
        self.heard = Listener()
        if self.hub:
            self.options = replace(self.options, source=self.hub.endpoint)
        self.start()

    def start(self) -> None:
        """A new service, as after a restart."""
        given = Given(lambda _path: self.free, lambda: self.memory, tiny_catalogue(self.fx), QUICK, lambda: self.back())
        self.service = ModelService(
            self.paths,
            lambda: self.options,
            self.heard,
            lambda path, question, template, cancel: self.trial(path, question, template, cancel),
            origin_of,
            given,
        )
        self.done(self.service.begin(self.heard))

    def done(self, job: Job) -> Any:
        return self.heard.result(job)

    def plan(self, request: InstallRequest) -> InstallPlan:
        plan: InstallPlan = self.done(self.service.plan_install(request, self.heard))
        return plan

    def install(self, request: InstallRequest) -> InstallState:
        """To its end, whatever that is."""
        install = self.service.install(self.plan(request))
        return self.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED)

    def problem(self, job: Job) -> Fixable:
        try:
            self.done(job)
        except Fixable as error:
            return error
        raise AssertionError("it should have failed")
