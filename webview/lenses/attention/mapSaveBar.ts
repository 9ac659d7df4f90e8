import { html, nothing, type TemplateResult } from 'lit';
import type { PageOfView, ProposedCheck, Source } from '../../../src/panel/contract';
import { copyPicture } from '../../clipboard';
import type { EditorConnection } from '../../connection';
import { button } from '../../controls';
import type { Latest } from '../../latest';
import type { Theme } from '../../theme';
import { checkButton } from '../checkButton';
import { fileFormats, type FileFormat } from '../pictureFile';
import { reportSaved, saveBar } from '../saveBar';
import { pageFormat, savedMap, type ShownMap } from './saveMap';
import type { AttentionViewState } from './viewState';

/** What can be saved, copied and compared of the shown map. */
export interface MapSaveBar {
  readonly map: ShownMap;
  readonly own: AttentionViewState;
  readonly source: Source;
  /** What the overview was asked for beside the text. */
  readonly asked: PageOfView['asked'];
  /** What is shown as a check; null where it makes none. */
  readonly check: ProposedCheck | null;
  readonly editor: EditorConnection;
  readonly theme: Theme;
  /** Whether some of the model is off, which no link carries. */
  readonly off: boolean;
  /** What to say of the map that was saved or the link that was copied last. */
  readonly saved: Latest<string | null>;
  readonly compare: () => void;
}

/** Files, pictures, links and the comparison of the shown map. */
export function mapSaveBar({ map, own, source, asked, check, editor, theme, off, saved, compare }: MapSaveBar): TemplateResult {
  const { live } = editor;
  const report = (work: () => Promise<string | null>) => (): void => { saved.load(work, { forget: true }); };
  const save = (format: FileFormat | 'html'): void => {
    reportSaved(saved, async () =>
      format === 'html' ? editor.ask('panel/savePage', { source, state: { ...own, inModel: null }, asked }) : editor.save(await savedMap(map, format, theme)),
    );
  };
  const copyLink = report(async () => {
    await editor.ask('panel/copyLink', own);
    return off ? 'Link copied. It does not carry what is off: it opens with all on.' : 'Link copied.';
  });
  return saveBar('Save as', [...fileFormats, ...(live ? [pageFormat] : [])], save, saved, html`
    ${button({ label: 'Copy picture', onClick: report(() => copyPicture(savedMap(map, 'png', theme))) })}
    ${checkButton(editor, check, saved)}
    ${live
      ? html`${button({ label: 'Copy link', name: 'Copy link to this view', onClick: copyLink })}
          ${button({ label: own.compare ? 'Close comparison' : 'Compare…', onClick: compare })}`
      : nothing}`);
}
