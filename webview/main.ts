import { connectToEditor, type WebviewApi } from './connection';
import { App } from './shell/app';
import { StateStore } from './state';
import { followTheme } from './theme';

declare function acquireVsCodeApi(): WebviewApi;

const api = acquireVsCodeApi();
followTheme();
const app = new App();
app.editor = connectToEditor(api);
app.store = new StateStore(api);
document.body.append(app);
