/**
 * Where everything of the bench sits, all of it on the loopback: the names of `network.yaml`, of `kamailio/*.cfg` and of
 * SIPp's scenario. The two P-CSCFs take the same requests from the same watchers.
 */
export const SIP_PORT = 5060;

/** SIPp and our own generator have an address each, so that what is late for one does not reach the other. */
export const WATCHERS = { sipp: '127.0.77.10', own: '127.0.77.16' };

export const OURS = {
  pcscf1: '127.0.78.11',
  pcscf2: '127.0.78.19',
  /** The presentities' UEs; each takes a port of its own. */
  presentities: '127.0.78.100',
};

/** Role of a Kamailio process to its address, in the order in which a SUBSCRIBE passes them. */
export const KAMAILIO = {
  pcscf: '127.0.77.11',
  scscf1: '127.0.77.12',
  icscf: '127.0.77.13',
  scscf2: '127.0.77.14',
  ps: '127.0.77.15',
};

const PRESENTITIES = 100;
const FIRST_PRESENTITY = 1000;

/**
 * A user of home2.net whose presence is watched.
 * @typedef {{ name: string, number: string, index: number }} Presentity
 */

/** @type {readonly Presentity[]} user1000 to user1099 with the numbers +1-212-555-1000 to -1099. */
export const presentities = Array.from({ length: PRESENTITIES }, (_, index) => ({
  name: `user${FIRST_PRESENTITY + index}`,
  number: `+1-212-555-${FIRST_PRESENTITY + index}`,
  index,
}));
