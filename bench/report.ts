import { cpus, loadavg, totalmem } from "node:os";
import { table } from "../cli/table.ts";

/** Medians and counts of one program, by name; times in seconds. */
type Measured = Record<string, number>;

export interface Figures {
  empty: Measured;
  own: Measured;
  stock: Measured;
  /** How many times as long as the empty program each took. */
  times: { own: Measured; stock: Measured };
}

interface Figure {
  what: string;
  name: string;
  /** "times": compared with the empty program. */
  unit: "times" | "ms" | "MB" | "";
  /** For our own host; the stock host's figure is there to compare. */
  atMost: number;
}

const figures: readonly Figure[] = [
  { what: "provider host ready", name: "ready", unit: "ms", atMost: 200 },
  { what: "preview", name: "preview", unit: "times", atMost: 1.6 },
  { what: "preview --refresh", name: "refresh", unit: "times", atMost: 2.2 },
  { what: "up --skip-preview without changes", name: "up", unit: "times", atMost: 1.8 },
  { what: "up --skip-preview that creates all", name: "create", unit: "times", atMost: 4 },
  { what: "requests to create the set", name: "requestsToCreate", unit: "", atMost: 31 },
  { what: "requests to refresh it", name: "requestsToRefresh", unit: "", atMost: 12 },
  { what: "peak memory of the provider host", name: "megabytes", unit: "MB", atMost: 150 },
];

/** Prints all figures. @returns whether our own host keeps its bounds */
export function report(measured: Figures): boolean {
  const rows = figures.map((figure) => [
    figure.what,
    figure.unit === "times" ? seconds(measured.empty, figure) : "",
    shown(figure, measured, "own"),
    shown(figure, measured, "stock"),
    `${figure.atMost} ${figure.unit}`.trimEnd(),
    keeps(figure, measured) ? "kept" : "BROKEN",
  ]);
  console.log(`\n${table(["", "empty program", "own host", "stock host", "own: at most", ""], rows)}`);
  console.log(
    `\n${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ` +
      `${new Date().toISOString().slice(0, 10)}, load ${loadavg()[1]?.toFixed(1)} in the last five minutes`,
  );
  return figures.every((figure) => keeps(figure, measured));
}

function keeps(figure: Figure, measured: Figures): boolean {
  return inUnit(figure, measured, "own") <= figure.atMost;
}

/** The figure of one host, in the figure's unit. */
function inUnit({ name, unit }: Figure, measured: Figures, host: "own" | "stock"): number {
  const value = (unit === "times" ? measured.times : measured)[host][name] ?? Number.NaN;
  return unit === "ms" ? value * 1000 : value;
}

function shown(figure: Figure, measured: Figures, host: "own" | "stock"): string {
  const value = inUnit(figure, measured, host);
  if (figure.unit === "times") return `${value.toFixed(2)} times (${seconds(measured[host], figure)})`;
  return `${Math.round(value)} ${figure.unit}`.trimEnd();
}

function seconds(measured: Measured, { name }: Figure): string {
  return `${(measured[name] ?? Number.NaN).toFixed(2)} s`;
}
