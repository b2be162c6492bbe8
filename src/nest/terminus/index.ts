export { RxpoolHealthIndicator } from './rxpool-health-indicator.js';
