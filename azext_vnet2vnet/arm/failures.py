"""What stops a command once it talks to Azure. No text of these has the body of a request, which may hold a key.

`text` is what Azure or az gave as the reason, without what it calls a key; Azure may quote a request in it.
"""

from azext_vnet2vnet.network.key_spellings import without_named_keys
from azext_vnet2vnet.network.resource_id import ResourceId


class Failure(Exception):
    """What stops a command once it talks to Azure."""


class RequestFailed(Failure):
    """A request that Azure refused, or that got no answer: then `status` is None and `text` the reason."""

    def __init__(self, method: str, target: str, status: int | None, code: str = '', text: str = ''):
        super().__init__(f'{method} {target}: {status} {code}')
        self.method = method
        self.target = target
        self.status = status
        self.code = code
        self.text = without_named_keys(text)

    @property
    def word(self) -> str:
        """The reason in short: Azure's code, else the HTTP status, else why there was no answer."""
        return self.code or (f'HTTP {self.status}' if self.status else self.text)

    @property
    def may_pass(self) -> bool:
        """Whether the network or Azure itself is in trouble, so that the same request may be answered later."""
        return self.status is None or self.status >= 500


class AnswerUnreadable(RequestFailed):
    """A request whose answer could not be read, in any try; Azure may have carried out what it asked for."""


class OperationFailed(Failure):
    """Azure accepted a write and then failed at it."""

    def __init__(self, target: ResourceId, code: str, text: str):
        super().__init__(f'{target}: {code}')
        self.target = target
        self.code = code
        self.text = without_named_keys(text)


class CreationFailed(OperationFailed):
    """The same for a resource that did not exist before, in every try."""


class HandedOverFailed(CreationFailed):
    """Azure failed at a step that was handed over to a deployment."""


class NotDeleted(Failure):
    """Azure reports in every try that it has deleted a resource, which still exists."""

    def __init__(self, target: ResourceId):
        super().__init__(str(target))
        self.target = target


class TimedOut(Failure):
    """The deadline, `seconds` after the start, has passed; Azure goes on with what was started."""

    def __init__(self, seconds: float):
        super().__init__(f'{seconds:.0f} s')
        self.seconds = seconds


class ReadTimedOut(TimedOut):
    """The same for a command that only reads and has no option for it."""


class LoginEnded(Failure):
    """Entra ID or Azure no longer accepts the login; `tenants` are those whose tokens were asked for."""

    def __init__(self, tenants: tuple[str, ...], text: str, claims: str = ''):
        """`claims` is what a token would have to say, in base64, where Azure wants a stronger login for a request."""
        super().__init__(', '.join(tenants))
        self.tenants = tenants
        self.text = without_named_keys(text)
        self.claims = claims

    @property
    def is_too_weak(self) -> bool:
        """Whether Azure or Entra ID asks for more than this login gave, such as a second factor (Entra error codes)."""
        return bool(self.claims) or any(f'AADSTS{number}:' in self.text for number in (50076, 50079, 50158))

    @property
    def is_other_account(self) -> bool:
        """Whether the login is good, but its account does not exist in a tenant (documented: Entra error codes).

        700016: no such application there; 50020, 90072: no such user, nor guest, there.
        """
        return any(f'AADSTS{number}:' in self.text for number in (700016, 50020, 90072))


class ConditionUnmet(Failure):
    """What was waited for did not come about: `text` says how things are instead."""

    def __init__(self, text: str, connection: ResourceId):
        super().__init__(text)
        self.text = text
        self.connection = connection


class WouldLose(Failure):
    """A resource got members in the meantime that a write of it would lose; `members` are their paths."""

    def __init__(self, target: ResourceId, members: tuple[str, ...]):
        super().__init__(str(target))
        self.target = target
        self.members = members


class ConnectionFailure(Failure):
    """What stops a command about one connection."""

    def __init__(self, connection: ResourceId):
        super().__init__(str(connection))
        self.connection = connection


class KeyUnreadable(ConnectionFailure):
    """The key of a connection that exists cannot be read, so that it can neither be kept nor shared."""


class KeysDiffer(ConnectionFailure):
    """A key was set, and another one is read back: somebody else has set it in the meantime."""


class NameTaken(ConnectionFailure):
    """A connection of this name, which joins other gateways, was created in the meantime."""
