"""Why a pair is not as it should be."""

from dataclasses import dataclass

from azext_vnet2vnet.network.diagnostic import Severity


@dataclass(frozen=True)
class Reason:
    """A kebab-case code, what was seen, and what to type; only an error makes a pair unhealthy."""

    code: str
    message: str
    recommendation: str
    severity: Severity = Severity.ERROR

    def shape(self) -> dict:
        """The reason as the user reads it in JSON."""
        return {
            'code': self.code,
            'severity': self.severity.value,
            'message': self.message,
            'recommendation': self.recommendation,
        }
