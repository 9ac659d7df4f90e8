export { roundAxis } from '../../src/picture/roundAxis';
