import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * CPU that processes have used so far, in seconds, user and system, and with them their children that have ended (those of
 * PostgreSQL come and go); one that is gone counts nothing.
 */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => {
    const { cpuS = 0, childrenCpuS = 0 } = stat(pid) ?? {};
    return sum + cpuS + childrenCpuS;
  }, 0);
}

/** CPU of the children of this process that have ended, and of theirs, in seconds. */
export function endedChildrenCpuSeconds() {
  return stat(process.pid)?.childrenCpuS ?? 0;
}

/** The processes of a process group: a Kamailio role is its main process and what that forked. */
export function processGroup(groupId) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => stat(pid)?.groupId === groupId);
}

/** The processes that a process started itself. */
export function children(parentId) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => stat(pid)?.parentId === parentId);
}

/** Memory of several processes in MiB, what they share counted once (Pss). */
export function proportionalMiB(pids) {
  const kib = pids.map((pid) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0),
  );
  return kib.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Resident memory in MiB; 0 for a process that is gone. */
export function residentMiB(pid) {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) / 1024;
}

/** CPU that the whole machine has used so far, in seconds over all cores; what a hypervisor took counts as used. */
export function machineCpuSeconds() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** The machine in a few words, for whoever reads the figures later. */
export function describeMachine() {
  const cores = cpus();
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(0);
  return `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${memoryGiB} GiB, Linux, Node ${process.version}`;
}

/** The fields of /proc/PID/stat that count here (proc(5)); the name before them may hold spaces and brackets. */
function stat(pid) {
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === '') {
    return undefined;
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return {
    parentId: fields[1],
    groupId: fields[2],
    cpuS: (fields[11] + fields[12]) / TICKS_PER_SECOND,
    childrenCpuS: (fields[13] + fields[14]) / TICKS_PER_SECOND,
  };
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}
