export { renderReport } from './render-report.js';
export type { ReportedFailure, ReportedScenario, ReportMeta, ReportRun } from './report-run.js';
