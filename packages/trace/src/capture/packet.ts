/** One packet of a capture file, as it was on its link; `data` is a view of the file. */
export interface CapturedPacket {
  /** Microseconds since the epoch. */
  readonly atUs: number;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  readonly data: Buffer;
}

/** What an IP packet carries, whole: fragments are put together. */
export interface IpPayload {
  readonly atUs: number;
  readonly source: string;
  readonly destination: string;
  /** IP protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number;
  readonly data: Buffer;
}
