import { readSipp, type SippCommand } from './read-sipp.js';
import { takeReceived, takeResponse } from './received.js';
import { takeRequest } from './sent-request.js';
import { sippMessage } from './sipp-message.js';
import type { SippPlay } from './sipp-play.js';
import { Taking } from './taking.js';

/** Of a scenario's `wait`. */
const MAX_WAIT_S = 86_400;

/** Takes a SIPp scenario over, as far as our vocabulary goes; a string says why the text is none. */
export function playFromSipp(text: string): SippPlay | string {
  const scenario = readSipp(text);
  if (typeof scenario === 'string') {
    return scenario;
  }
  const taking = new Taking(scenario.commands);
  for (let command = taking.next(); command !== undefined; command = taking.next()) {
    taking.branches(command);
    take(taking, command);
  }
  const { play, files, variables, complaints } = taking;
  return { name: scenario.name, play, files, variables, complaints };
}

function take(taking: Taking, command: SippCommand): void {
  switch (command.kind) {
    case 'send': {
      const message = sippMessage(command.message);
      if (message.status === undefined) {
        takeRequest(taking, command, message);
      } else {
        takeResponse(taking, command, message);
      }
      return;
    }
    case 'recv':
      takeReceived(taking, command);
      return;
    case 'pause':
      pause(taking, command);
      return;
    case 'other': {
      const [first] = command.actions;
      const what = first?.element.attributes[0]?.name;
      const within = first && what !== undefined ? ` (<${first.element.name} ${what}>)` : '';
      taking.complain(command, `<${command.name}>${within} has nothing to correspond to here`);
    }
  }
}

function pause(taking: Taking, command: SippCommand): void {
  const ms = command.attribute('milliseconds') ?? command.attribute('value');
  if (ms !== undefined && /^\d+$/.test(ms) && Number(ms) > MAX_WAIT_S * 1000) {
    taking.complain(command, `a pause of more than a day: waits ${MAX_WAIT_S} s here`);
    taking.say(`wait ${MAX_WAIT_S} s`);
  } else if (ms !== undefined && /^\d+$/.test(ms)) {
    taking.say(`wait ${Number(ms) / 1000} s`);
  } else {
    taking.complain(command, 'a pause without `milliseconds` (chance, or SIPp’s -d): waits 1 s here');
    taking.say('wait 1 s');
  }
}
