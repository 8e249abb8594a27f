export { takeCensus } from './census/take-census.ts';
