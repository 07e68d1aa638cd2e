"""Everything polysense raises on purpose.

Each error says what happened, to what, and what to do next.

PolysenseError            500
  BadQuery                400   a query that asks nothing, or asks it wrongly
    BadFilter             400   `where` does not parse, or names an unknown column
  NotFound                404   a path, chunk or asset that is not there
  Unreadable              422   a file that cannot be decoded
    Encrypted             422   ... without its password
    TooLarge              413   ... because it would need too much memory or time (a bomb, perhaps)
    Unsupported           415   ... because nothing here reads its type
  NoRoute                 422   nothing here turns what was given into what was wanted
  LibraryError            409
    ForeignLibrary        409   the folder is something else's, or from a newer polysense
    LibraryLocked         423   another process is writing
    ModelMismatch         409   the library was built with other models
    StorageFull           507   no room left
    ReadOnly              403   no permission to write there
    AlreadyExists         409   a name that is in use
  Unauthorized            401   who asks is not known
    Forbidden             403   ... or may not do that
  Busy                    503   too much is being done at once
    RateLimited           429   ... by the one who asks
  ModelFailed             502   a model did not answer, or not to the end
  Cancelled               409   long work was told to stop
  MissingDependency                 501   a store, plug-in or package lacks what was asked of it
  BadConfig               400   a plug-in spec or setting that makes no sense
"""

from __future__ import annotations


class PolysenseError(Exception):
    """What happened (`str(e)`) and what to do (`e.hint`), with an HTTP status (`e.status`)."""

    status = 500
    title = "PolysenseError"
    """What an HTTP answer calls it. Clients compare it, so it outlives the name of the class."""

    default_hint = (
        "Run the command again; if it happens again, report it with the output of "
        "`polysense doctor`."
    )

    def __init_subclass__(cls) -> None:
        cls.title = cls.__dict__.get("title", cls.__name__)

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint or self.default_hint

    def __reduce__(self) -> tuple[type[PolysenseError], tuple[str, str]]:
        return type(self), (str(self), self.hint)  # errors cross process borders with their hint


class BadQuery(PolysenseError):
    """A query that asks nothing, or asks it wrongly."""

    status = 400
    default_hint = (
        'Ask with words (`polysense search "red bicycle"`), with a file '
        "(`--with photo.jpg`), or both."
    )


class BadFilter(BadQuery):
    """`where` does not parse, or names a column that does not exist."""

    default_hint = "Write it like SQL: --where \"modality = 'image' and page > 3\"."


class NotFound(PolysenseError):
    """A path, chunk or asset that is not there."""

    status = 404
    default_hint = "Check the spelling; `polysense list` shows what the library holds."


class Unreadable(PolysenseError):
    """A file that cannot be decoded."""

    status = 422
    default_hint = (
        "Open the file in the program that made it and save it again, "
        "then run `polysense index` on it."
    )


class Encrypted(Unreadable):
    """A file that needs a password."""

    default_hint = "Save a copy without the password, then run `polysense index` on it."


class TooLarge(Unreadable):
    """A file that would need too much memory or time to read."""

    status = 413
    default_hint = (
        "Split it or reduce it, or raise the limits (`[limits]` in polysense.toml) if you trust it."
    )


class Unsupported(Unreadable):
    """A file of a type that nothing here reads."""

    status = 415
    default_hint = (
        "Convert it to a common type, or install a plug-in that reads it; "
        "`polysense doctor` lists what is read."
    )


class NoRoute(PolysenseError):
    """Nothing here turns what was given into what was wanted."""

    status = 422
    default_hint = (
        "`polysense doctor` lists what can be turned into what, and what to install for more."
    )


class LibraryError(PolysenseError):
    """A library that cannot be opened or written."""

    status = 409


class ForeignLibrary(LibraryError):
    """The folder is something else's, or was written by a newer polysense."""

    default_hint = "Give another folder with -l, or upgrade polysense."


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""

    status = 423
    default_hint = "Wait for it to finish; searching works meanwhile."


class ModelMismatch(LibraryError):
    """The library was built with other models than the ones now configured."""

    default_hint = "Run `polysense reindex`, or configure the models it was built with."


class StorageFull(LibraryError):
    """No room left where the library is."""

    status = 507
    default_hint = "Free some space, then run the same command again: it goes on where it stopped."


class ReadOnly(LibraryError):
    """No permission to write where the library is."""

    status = 403
    default_hint = "Give a folder that you may write to with -l."


class AlreadyExists(LibraryError):
    """A name that is in use."""

    title = "Taken"
    default_hint = "Choose another name, or remove what has it."


class Unauthorized(PolysenseError):
    """Who asks is not known: no token, or a wrong one."""

    title = "Denied"
    status = 401
    default_hint = (
        "Send a token: `Authorization: Bearer TOKEN`. `polysense token add NAME` makes one."
    )


class Forbidden(Unauthorized):
    """Who asks is known, and may not do that."""

    status = 403
    default_hint = "Use a token with a wider scope: `polysense token add NAME --scope write`."


class Busy(PolysenseError):
    """Too much is being done at once."""

    status = 503
    default_hint = "Try again in a few seconds."


class RateLimited(Busy):
    """Too many requests of one client."""

    title = "TooOften"
    status = 429
    default_hint = "Wait as long as Retry-After says, then ask less often."


class ModelFailed(PolysenseError):
    """A model did not answer, or not to the end."""

    status = 502
    default_hint = (
        "Check the address, the name and the key of the language model; without it "
        "(`language_models = []`) answers are quoted from the evidence."
    )


class Cancelled(PolysenseError):
    """Long work was told to stop; what was done until then is kept."""

    title = "Stopped"
    status = 409
    default_hint = "Start it again: it goes on where it stopped."


class MissingDependency(PolysenseError):
    """A store, plug-in or package lacks what was asked of it."""

    title = "Lacking"
    status = 501
    default_hint = "`polysense doctor` says what is installed and what to install for more."


class BadConfig(PolysenseError):
    """A plug-in spec or a setting that makes no sense."""

    status = 400
    default_hint = (
        "See docs/configuration.md, or `polysense doctor` for the names of what is installed."
    )
