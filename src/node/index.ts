export { closeOnSignals, type CloseOnSignalsConfig } from './close-on-signals.js';
export { processBudget } from './process-budget.js';
