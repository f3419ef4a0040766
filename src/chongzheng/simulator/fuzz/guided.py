"""What does a fuzzer find that watches which branches of our decoders its bytes reach?

`python -m chongzheng.simulator.fuzz.guided --dialect cup-pos --seconds 60`, with the extra `fuzz` (atheris). It begins
with the same corpus and holds the same promises; a broken one stops it with the bytes in a file `crash-…`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

import click

FRAME_BYTES_MAX = 4_096
SECONDS_MAX = 86_400


@click.command()
@click.option("--dialect", "name", default="cup-pos", show_default=True, help="Whose frames; or tlv.")
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(1, SECONDS_MAX), help="For so long.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(1, 2**31 - 1), help="Of corpus and search.")
def main(name: str, seconds: int, seed: int) -> None:
    """Search for bytes that break a promise, guided by the branches they reach."""
    try:
        import atheris
    except ImportError:
        raise click.UsageError("atheris is not installed; pip install 'chongzheng[fuzz]'") from None
    with atheris.instrument_imports(include=["chongzheng.iso8583", "chongzheng.gateway.translate"]):
        from chongzheng.simulator.fuzz import campaign, corpus, mutations

    fuzzer = campaign.Fuzzer(seed)
    dice = Random(seed)
    if name == "tlv":
        starts = [mutations.bad_chip(dice) for _ in range(corpus.STARTS_PER_DIALECT)]
    else:
        found = corpus.corpus(dice)
        if name not in found:
            raise click.UsageError(f"no such dialect, there are {', '.join(found)} and tlv")
        starts = [corpus.wrap(one.dialect, one.body) for one in found[name]]
    with tempfile.TemporaryDirectory(prefix="chongzheng-guided-") as folder:
        for number, start in enumerate(starts):
            (Path(folder) / f"{number:03d}").write_bytes(start)
        limits = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={FRAME_BYTES_MAX}", "-verbosity=0"]
        atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", folder], lambda data: _whole(fuzzer, name, data))
        atheris.Fuzz()


def _whole(fuzzer: object, name: str, data: bytes) -> None:
    """A case that also meets what stands behind the decoder."""
    from chongzheng.simulator.fuzz.campaign import Fuzzer

    if isinstance(fuzzer, Fuzzer):
        fuzzer.take(0, name, data)


if __name__ == "__main__":
    main()
