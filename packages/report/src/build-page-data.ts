import { messageStore } from './message-store.js';
import { buildRows } from './page-rows.js';
import { buildSteps, placeText } from './page-steps.js';
import type { PageData } from './page/page-data.js';
import type { ReportedScenario } from './report-run.js';

/** What the page is given of a scenario, and its messages packed. */
export function pageData(scenario: ReportedScenario): {
  readonly data: PageData;
  readonly blocks: readonly string[];
} {
  const { title, verdict, records, participants, failures, meta } = scenario;
  const store = messageStore();
  const { rows, texts, participants: all, beganUs } = buildRows(records, verdict, participants, store);
  const { blocks, ...messages } = store.finish();
  return {
    blocks,
    data: {
      title,
      clause: verdict.flow.clause,
      passed: verdict.passed && failures.length === 0,
      meta,
      beganUs,
      participants: all,
      steps: buildSteps(verdict, new Map(rows.id.map((id, row) => [id, row]))),
      failures: failures.map(({ at, text }) => ({ at: placeText(at), text })),
      counts: { unexpected: verdict.unexpected.length, retransmissions: verdict.retransmissions.length },
      texts,
      rows,
      messages,
      blocks: blocks.length,
    },
  };
}
