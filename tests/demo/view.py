"""What a person sees: one line per device, redrawn in place on a terminal, printed now and then elsewhere."""
import shutil
import sys
import time

BAR = 24


def mebibytes(count):
    return f"{count / (1 << 20):.1f} MiB"


class View:
    def __init__(self, quiet=False):
        self.out = sys.stderr if quiet else sys.stdout
        self.live = self.out.isatty()
        self.started = time.monotonic()
        self.drawn = 0
        self.printed_at = -1e9

    def say(self, text):
        self.drawn = 0
        self.out.write(f"[{time.monotonic() - self.started:5.0f} s] {text}\n")
        self.out.flush()

    def show(self, rows):
        """rows: (device, slot, version, status or None)."""
        if not self.live and time.monotonic() - self.printed_at < 5:
            return
        self.printed_at = time.monotonic()
        width = shutil.get_terminal_size().columns - 1
        clear, width = ("\x1b[2K", width) if self.live else ("", 400)
        text = "".join(f"{clear}{line(*row)[:width]}\n" for row in rows)
        self.out.write((f"\x1b[{self.drawn}A" if self.live and self.drawn else "") + text)
        self.out.flush()
        self.drawn = len(rows)


def line(name, slot, version, status):
    where = f"  {name}  slot {slot or '-'}  {version or '-':6}"
    if not status:
        return where + " (booting)"
    sources = status.get("bytes", {})
    percent = float(status.get("percent") or 0)
    bar = "#" * int(percent / 100 * BAR)
    return (f"{where} {status.get('phase', '?'):10} [{bar:<{BAR}}] {percent:5.1f} %  "
            f"{(status.get('rate') or 0) / (1 << 20):5.2f} MiB/s  wan {mebibytes(sources.get('wan', 0)):>9}  "
            f"lan {mebibytes(sources.get('lan', 0)):>9}  {status.get('role') or '':8} {status.get('last_error') or ''}")


def table(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(2)]
    return "\n".join(f"  {name:<{widths[0]}}  {value:>{widths[1]}}  {note}".rstrip() for name, value, note in rows)
