export { closeOnSignals, type CloseOnSignalsConfig } from './close-on-signals.js';
export { fromFile, type FromFileConfig } from './from-file.js';
export { processBudget } from './process-budget.js';
