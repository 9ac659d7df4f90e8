export { button, checkbox, iconButton, tableButton, textField } from './toolkit';
export { icon, type IconName } from './icon';
export { notice, noticeStyles } from './notice';
export { sharedStyles } from './styles';
import './segmented';
import './tabs';
