import * as vscode from 'vscode';
import type { Look } from './decorations';
import { strengths } from './strength';

const color = (name: string): vscode.ThemeColor => new vscode.ThemeColor(`headlight.${name}`);

/** Where shades cannot be told from the background, as in high contrast, a line below the word is thicker instead. */
const underlines = { 1: '1px', 2: '2px', 3: '3px', 4: '4px', 5: '6px' } as const;

/**
 * One style for each look. Shades and underlines are colours of their own, since a decoration has no opacity: themes
 * make either transparent.
 */
export function attendedStyles(): [Look, vscode.DecorationRenderOptions][] {
  const { Left, Center } = vscode.OverviewRulerLane;
  const shared = { rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed };
  const mark = { ...shared, overviewRulerColor: color('attendedMark'), overviewRulerLane: Center };
  const keptMark = { ...shared, overviewRulerColor: color('keptBorder'), overviewRulerLane: Left };
  const kept = { ...keptMark, borderColor: color('keptBorder'), borderWidth: '2px', borderRadius: '3px' };
  return [
    ...strengths.map((strength): [Look, vscode.DecorationRenderOptions] => [
      strength,
      {
        ...mark,
        backgroundColor: color(`attendedBackground${strength}`),
        borderColor: color('attendedUnderline'),
        borderStyle: 'solid',
        borderWidth: `0 0 ${underlines[strength]} 0`,
        borderRadius: '2px 2px 0 0',
      },
    ]),
    ['stale', { ...mark, borderColor: color('attendedMark'), borderStyle: 'dashed', borderWidth: '1px', borderRadius: '2px' }],
    ['kept', { ...kept, borderStyle: 'solid' }],
    ['keptStale', { ...kept, borderStyle: 'dashed' }],
  ];
}
