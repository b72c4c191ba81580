"""What can go wrong between us and Azure. None of these carries a body, which may hold a key."""

from azext_vnet2vnet.network.resource_id import ResourceId


class Failure(Exception):
    """What stops a command once it talks to Azure."""


class RequestFailed(Failure):
    """A request that Azure refused, or that never came through: then `status` is None and `text` says why."""

    def __init__(self, method: str, target: str, status: int | None, code: str = '', text: str = ''):
        super().__init__(f'{method} {target}')
        self.method = method
        self.target = target
        self.status = status
        self.code = code
        self.text = text

    @property
    def word(self) -> str:
        """The reason in one word: Azure's code, else the HTTP status, else why there was no answer."""
        return self.code or (f'HTTP {self.status}' if self.status else self.text)


class OperationFailed(Failure):
    """Azure accepted a write and then failed at it."""

    def __init__(self, target: ResourceId, code: str, text: str):
        super().__init__(f'{target}: {code}')
        self.target = target
        self.code = code
        self.text = text


class CreationFailed(OperationFailed):
    """The same for a resource that did not exist before, as often as it was written."""


class NotDeleted(Failure):
    """Azure says that it has deleted a resource, each time again, and it is still there."""

    def __init__(self, target: ResourceId):
        super().__init__(str(target))
        self.target = target


class HandedOverFailed(CreationFailed):
    """Azure failed at what was handed over to a deployment."""


class TimedOut(Failure):
    """The deadline has passed, which was `seconds` after the start; Azure goes on."""

    def __init__(self, seconds: float):
        super().__init__(f'{seconds:.0f} s')
        self.seconds = seconds


class LoginEnded(Failure):
    """Entra ID or Azure takes the login no more; `tenants` are those whose tokens were asked for."""

    def __init__(self, tenants: tuple[str, ...], text: str):
        super().__init__(', '.join(tenants))
        self.tenants = tenants
        self.text = text


class ConditionUnmet(Failure):
    """What was waited for did not come: `text` says how things are instead."""

    def __init__(self, text: str, connection: ResourceId):
        super().__init__(text)
        self.text = text
        self.connection = connection


class KeyUnreadable(Failure):
    """The key of a connection that exists cannot be read, so that it can neither be kept nor shared."""

    def __init__(self, connection: ResourceId):
        super().__init__(str(connection))
        self.connection = connection


class KeysDiffer(Failure):
    """A key was set, and what is read back is another one: somebody else set it meanwhile."""

    def __init__(self, connection: ResourceId):
        super().__init__(str(connection))
        self.connection = connection


class NameTaken(Failure):
    """A connection of this name came up meanwhile that joins other gateways."""

    def __init__(self, connection: ResourceId):
        super().__init__(str(connection))
        self.connection = connection
