export { formatCount, formatPercent, formatWeight } from '../src/picture/numbers';
