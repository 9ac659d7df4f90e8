import { css } from 'lit';

/** Tables of numbers with a column for each generation, in little room. */
export const tableStyles = css`
  thead th:first-child {
    padding-left: 0;
  }
  th[scope='row'] {
    white-space: nowrap;
  }
  thead th {
    padding-left: 4px;
    white-space: normal;
  }
`;
