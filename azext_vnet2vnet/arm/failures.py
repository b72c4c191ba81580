"""What stops a command once it talks to Azure. No text of these has the body of a request, which may hold a key.

`text` is what Azure or az gave as the reason; Azure may quote a request in it.
"""

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
        self.text = text

    @property
    def word(self) -> str:
        """The reason in short: Azure's code, else the HTTP status, else why there was no answer."""
        return self.code or (f'HTTP {self.status}' if self.status else self.text)


class OperationFailed(Failure):
    """Azure accepted a write and then failed at it."""

    def __init__(self, target: ResourceId, code: str, text: str):
        super().__init__(f'{target}: {code}')
        self.target = target
        self.code = code
        self.text = text


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


class LoginEnded(Failure):
    """Entra ID or Azure no longer accepts the login; `tenants` are those whose tokens were asked for."""

    def __init__(self, tenants: tuple[str, ...], text: str):
        super().__init__(', '.join(tenants))
        self.tenants = tenants
        self.text = text


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
