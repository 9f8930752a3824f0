/** What the operating system says about a running process: CPU time, memory. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Kernel ticks a second; 100 on every Linux that Node runs on. */
const TICKS = 100;

export interface ProcessFigures {
  /** User and system time of the process and its finished children, milliseconds. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

export function figuresOf(pid: number): ProcessFigures {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
  const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuMs: (ticks * 1000) / TICKS, rssMb: Number(rss?.[1] ?? 0) / 1024 };
}

/** CPU time of the main thread, milliseconds: what others do on the machine does not lengthen it. */
export function mainCpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
}

/** How often the threads of a process went to sleep of their own will: once for each wake-up. */
export function switchesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }, 0);
}

/** The most memory that it ever had, MB. */
export const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Settles when a process has used next to no CPU for a while, or after the limit. */
export async function calm(pid: number, limitMs = 8000, whileMs = 300): Promise<void> {
  const end = performance.now() + limitMs;
  for (let before = figuresOf(pid).cpuMs; performance.now() < end; ) {
    await delay(whileMs);
    const now = figuresOf(pid).cpuMs;
    if (now - before <= 10) return;
    before = now;
  }
}
