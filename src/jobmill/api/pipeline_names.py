"""Names of pipelines in addresses. One may hold a slash, so that what lies below a pipeline has to
be told from a name."""

from starlette.convertors import Convertor, register_url_convertor

BELOW = ("quality", "calibrations")
NAME = "name:pipeline"


class PipelineNames(Convertor[str]):
    """Whatever is no address below a pipeline."""

    regex = rf"(?!.+/(?:{'|'.join(BELOW)})$).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("pipeline", PipelineNames())
