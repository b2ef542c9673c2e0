"""For tests: the points as XML and as JSON."""

import json
from xml.sax.saxutils import escape, quoteattr

from jobmill_engine import Engine, Result, Task, serve


class Writer(Engine):
    def run(self, task: Task) -> Result:
        documents = {each.port: json.loads(each.open().read()) for each in task.inputs}
        points = documents.get("in", {}).get("points", [])
        meta = "".join(
            f"<datapoint key={quoteattr(each['key'])} idref={quoteattr(each['zone'])}>"
            f"{escape(str(each['value']))}</datapoint>"
            for each in points
        )
        content = "".join(
            f"<text id={quoteattr(zone['id'])}>"
            f"<block page='1'>{escape(zone['text'])}</block></text>"
            for zone in documents["zones"]["zones"]
        )
        xml = (
            "<dom xmlns='http://innodatalabs.com/innodom'>"
            f"<meta>{meta}</meta><content>{content}</content></dom>"
        )
        task.output("innodom", xml.encode(), "application/xml", meta={"name": "document.xml"})
        task.output("json", json.dumps(documents).encode(), "application/json")
        return {"points": len(points)}


if __name__ == "__main__":
    serve(Writer)
