import { UserError } from '@ims-sim/element';

/** What `ims run` was told. */
export interface RunFlags {
  readonly out: string;
  readonly network?: string | undefined;
  readonly attach: boolean;
  /** What `ims up --ready-file` has written: where the network is that is up. */
  readonly readyFile?: string | undefined;
  /** Seconds for which the start of the network may stand still. */
  readonly startTimeout?: number | undefined;
  /** Seconds for one scenario once its network is up, of the machine's time. */
  readonly timeout: number;
  /** A regular expression: of the title, the file or the clause. */
  readonly grep?: string | undefined;
  readonly bail: boolean;
  /** Whether external elements are asked whether they are there; unless told. */
  readonly probe?: boolean | undefined;
  readonly keepGoing: boolean;
  readonly repeat: number;
  /** Undefined: as many as the machine has cores. */
  readonly jobs?: number | undefined;
  readonly simulate: boolean;
  readonly seed?: number | undefined;
  readonly seeds?: number | undefined;
}

/** Rejects, with `UserError`, what cannot be meant together; before anything is read. */
export function checkFlags(flags: RunFlags): void {
  const { attach, readyFile, network, simulate, seed, seeds, repeat } = flags;
  const wrong: [boolean, string][] = [
    [
      attach && network === undefined && readyFile === undefined,
      '--attach needs --network FILE or --ready-file FILE: it says where the elements are',
    ],
    [
      !attach && readyFile !== undefined,
      '--ready-file needs --attach: it says where a network is that is up',
    ],
    [attach && simulate, '--attach and --simulate: a simulation has no network that is already up'],
    [simulate && flags.probe === false, '--no-probe and --simulate: a simulation has nobody outside'],
    [attach && seeds !== undefined, '--attach and --seeds: only a simulation has a seed'],
    [!simulate && seed !== undefined, '--seed needs --simulate: real processes have no seed'],
    [!simulate && seeds !== undefined, '--seeds needs --simulate: real processes have no seed'],
    [
      seeds !== undefined && repeat > 1,
      '--seeds and --repeat: each seed is a run of its own, and the same seed gives the same run',
    ],
  ];
  for (const [isWrong, complaint] of wrong) {
    if (isWrong) {
      throw new UserError(complaint);
    }
  }
}
