"""For tests: what stands behind a label and a colon."""

import json

from jobmill_engine import Engine, Result, Task, serve


class Points(Engine):
    def run(self, task: Task) -> Result:
        zones = json.loads(task.input().open().read())["zones"]
        points, missing = [], []
        for point in task.parameters["taxonomy"]["datapoints"]:
            label = point.get("label", point["key"])
            found = [zone for zone in zones if zone["text"].startswith(f"{label}:")]
            if not found:
                missing.append(point["key"])
            for zone in found[:1]:
                value = zone["text"].partition(":")[2].strip()
                points.append(
                    {
                        "label": label,
                        "key": point["key"],
                        "value": value,
                        "confidence": 0.7,
                        "zone": zone["id"],
                    }
                )
        return {"terms": points, "missing": missing, "confidence": 0.7}


if __name__ == "__main__":
    serve(Points)
