"""One cell of the bench: a pair of images, and a folder to work in."""
import dataclasses
import json
import pathlib
import shutil

from delta_bench.images import Image
from delta_bench.measure import Cost, Failed, measure, say, sha256_of

DECODE_RUNS = 3
DECODE_AGAIN_BELOW_S = 15


class Store:
    """What several rows share (a chunk store, a full pack), with what it cost to make, kept from run to run."""

    def __init__(self, folder):
        self.folder = folder

    def get(self, name, image, make):
        """The folder that `make(folder) -> Cost` filled for this image, and that Cost."""
        place = self.folder / f"{image.version}.{image.fs}-{image.digest[:12]}-{name}"
        stamp = place / "cost.json"
        if not stamp.exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            say(f"      {name} of {image.path.name}")
            stamp.write_text(json.dumps(dataclasses.asdict(make(place))))
        return place, Cost(**json.loads(stamp.read_text()))


@dataclasses.dataclass
class Job:
    old: Image
    new: Image
    work: pathlib.Path
    store: Store
    programs: pathlib.Path

    @property
    def seeder(self):
        return self.programs / "dunlin-seeder"

    def decode(self, command):
        """Runs `command(output path)` and compares what it wrote with the real image; the Cost of the quickest run."""
        return self.decode_and_listen(command)[0]

    def decode_and_listen(self, command):
        """The same, with what that run wrote on its standard output. Other programs can only make a run slower."""
        output = self.work / "decoded"

        def once():
            output.unlink(missing_ok=True)
            return measure(command(output))

        runs = [once()]
        if sha256_of(output) != self.new.digest:
            raise Failed(f"{command(output)[0]} wrote another image than {self.new.path.name}")
        while len(runs) < DECODE_RUNS and runs[0][0].wall_s < DECODE_AGAIN_BELOW_S:
            runs.append(once())
        output.unlink(missing_ok=True)
        return min(runs, key=lambda run: run[0].wall_s)
