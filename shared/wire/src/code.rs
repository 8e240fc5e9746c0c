//! The error table of the API: every number that may stand in `error_code`, with its text.
//!
//! Numbers and texts are wire data (clients compare the one and show the other), so the odd spellings and the stray full stops
//! are the originals'. The names are those of the PHP client's constants without their `API_EC_`. Sources: the 2008 server, the
//! PHP client, the late developer pages. Texts of our own: 370-388 (used by internal clients only), 506, 609-611, 617, 752-754,
//! 812, 857, 951, 952, 1300, 1400, 2000 and 2005, whose originals are lost.

/// Declares [`Code`] from one table of `Variant = number, "text";` rows.
macro_rules! codes {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        /// What went wrong, as the wire numbers it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Code {
            $(#[doc = concat!(stringify!($number), ": ", $text)] $name = $number,)*
        }

        impl Code {
            /// Every code, by rising number.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The number in `error_code`.
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// The standard text of `error_msg`.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)*
                }
            }

            /// The code with this number, if the table has it.
            pub const fn from_number(number: u16) -> Option<Code> {
                match number {
                    $($number => Some(Code::$name),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    Success = 0, "Success";
    Unknown = 1, "An unknown error occurred";
    Service = 2, "Service temporarily unavailable";
    Method = 3, "Unknown method";
    TooManyCalls = 4, "Application request limit reached";
    BadIp = 5, "Unauthorized source IP address";
    HostApi = 6, "This method must run on api.facebook.com";
    HostUp = 7, "This method must run on api-video.facebook.com";
    Secure = 8, "This method requires an HTTPS connection";
    Rate = 9, "User is performing too many actions";
    PermissionDenied = 10, "Application does not have permission for this action";
    Deprecated = 11, "This method is deprecated";
    Version = 12, "This API version is deprecated";
    InternalFqlError = 13, "The underlying FQL query made by this API call has encountered an error. Please check that your parameters are correct.";
    HostPup = 14, "This method must run on api-photo.facebook.com";
    SessionSecretNotAllowed = 15, "This method call must be signed with the application secret (You are probably calling a secure method using a session secret)";
    HostReadonly = 16, "This method cannot be run on this host, which only supports read-only calls";
    UserTooManyCalls = 17, "User request limit reached";
    RequestResourcesExceeded = 18, "This API call could not be completed due to resource limits";
    Param = 100, "Invalid parameter";
    ParamApiKey = 101, "Invalid API key";
    ParamSessionKey = 102, "Session key invalid or no longer valid";
    ParamCallId = 103, "Call_id must be greater than previous";
    ParamSignature = 104, "Incorrect signature";
    ParamTooMany = 105, "The number of parameters exceeded the maximum for this operation";
    ParamUserId = 110, "Invalid user id";
    ParamUserField = 111, "Invalid user info field";
    ParamSocialField = 112, "Invalid user field";
    ParamEmail = 113, "Invalid email";
    ParamUserIdList = 114, "Invalid user ID list";
    ParamFieldList = 115, "Invalid field list";
    ParamAlbumId = 120, "Invalid album id";
    ParamPhotoId = 121, "Invalid photo id";
    ParamFeedPriority = 130, "Invalid feed publication priority";
    ParamCategory = 140, "Invalid category";
    ParamSubcategory = 141, "Invalid subcategory";
    ParamTitle = 142, "Invalid title";
    ParamDescription = 143, "Invalid description";
    ParamBadJson = 144, "Malformed JSON string";
    ParamBadEid = 150, "Invalid eid";
    ParamUnknownCity = 151, "Unknown city";
    ParamBadPageType = 152, "Invalid page type";
    ParamBadLocale = 170, "Invalid locale";
    ParamBlockedNotification = 180, "This notification was not delieved";
    ParamAccessToken = 190, "Invalid OAuth 2.0 Access Token";
    Permission = 200, "Permissions error";
    PermissionUser = 210, "User not visible";
    PermissionNoDevelopers = 211, "Application has no developers.";
    PermissionOfflineAccess = 212, "Renewing a session offline requires the extended permission offline_access";
    PermissionAlbum = 220, "Album or albums not visible";
    PermissionPhoto = 221, "Photo not visible";
    PermissionMessage = 230, "Permissions disallow message to user";
    PermissionMarkupOtherUser = 240, "Desktop applications cannot set FBML for other users";
    PermissionStatusUpdate = 250, "Updating status requires the extended permission status_update";
    PermissionPhotoUpload = 260, "Modifying existing photos requires the extended permission photo_upload";
    PermissionVideoUpload = 261, "Modifying existing photos requires the extended permission photo_upload";
    PermissionSms = 270, "Permissions disallow sms to user.";
    PermissionCreateListing = 280, "Creating and modifying listings requires the extended permission create_listing";
    PermissionCreateNote = 281, "Managing notes requires the extended permission create_note.";
    PermissionShareItem = 282, "Managing shared items requires the extended permission share_item.";
    PermissionEvent = 290, "Creating and modifying events requires the extended permission create_event";
    PermissionLargeFbmlTemplate = 291, "FBML Template isn't owned by your application.";
    PermissionLivemessage = 292, "An application is only allowed to send LiveMessages to users who have accepted the TOS for that application.";
    PermissionXmppLogin = 293, "Logging in to chat requires the extended permission xmpp_login";
    PermissionAdsManagement = 294, "Managing advertisements requires the extended permission ads_management, and a participating API key";
    PermissionCreateEvent = 296, "Managing events requires the extended permission create_event";
    PermissionReadMailbox = 298, "Reading mailbox messages requires the extended permission read_mailbox";
    PermissionRsvpEvent = 299, "RSVPing to events requires the extended permission create_rsvp";
    Edit = 300, "Edit failure";
    EditUserData = 310, "User data edit failure";
    EditPhoto = 320, "Photo edit failure";
    EditAlbumSize = 321, "Album is full";
    EditPhotoTagSubject = 322, "Invalid photo tag subject";
    EditPhotoTagPhoto = 323, "Cannot tag photo already visible on Facebook";
    EditPhotoFile = 324, "Missing or invalid image file";
    EditPhotoPendingLimit = 325, "Too many unapproved photos pending";
    EditPhotoTagLimit = 326, "Too many photo tags pending";
    EditAlbumReorderPhotoNotInAlbum = 327, "Input array contains a photo not in the album";
    EditAlbumReorderTooFewPhotos = 328, "Input array has too few photos";
    MalformedMarkup = 329, "Template data must be a JSON-encoded dictionary, of the form {'key-1': 'value-1', 'key-2': 'value-2', ...}";
    EditMarkup = 330, "Failed to set markup";
    EditFeedTooManyUserCalls = 340, "Feed publication request limit reached";
    EditFeedTooManyUserActionCalls = 341, "Feed action request limit reached";
    EditFeedTitleLink = 342, "Feed story title can have at most one href anchor";
    EditFeedTitleLength = 343, "Feed story title is too long";
    EditFeedTitleName = 344, "Feed story title can have at most one fb:userlink and must be of the user whose action is being reported";
    EditFeedTitleBlank = 345, "Feed story title rendered as blank";
    EditFeedBodyLength = 346, "Feed story body is too long";
    EditFeedPhotoSrc = 347, "Feed story photo could not be accessed or proxied";
    EditFeedPhotoLink = 348, "Feed story photo link invalid";
    EditVideoSize = 350, "Video file is too large";
    EditVideoInvalidFile = 351, "Video file was corrupt or invalid";
    EditVideoInvalidType = 352, "Video file format is not supported";
    EditVideoFile = 353, "Missing video file";
    EditVideoNotTagged = 354, "User is not tagged in this video";
    EditVideoAlreadyTagged = 355, "User is already tagged in this video";
    EditFeedTitleArray = 360, "Feed story title_data argument was not a valid JSON-encoded array";
    EditFeedTitleParams = 361, "Feed story title template either missing required parameters, or did not have all parameters defined in title_data array";
    EditFeedBodyArray = 362, "Feed story body_data argument was not a valid JSON-encoded array";
    EditFeedBodyParams = 363, "Feed story body template either missing required parameters, or did not have all parameters defined in body_data array";
    EditFeedPhoto = 364, "Feed story photos could not be retrieved, or bad image links were provided";
    EditFeedTemplate = 365, "The template for this story does not match any templates registered for this application";
    EditFeedTarget = 366, "One or more of the target ids for this story are invalid. They must all be ids of friends of the acting user";
    EditFeedMarkup = 367, "The template data provided doesn't cover the entire token set needed to publish the story";
    UsersCreateInvalidEmail = 370, "Invalid email address for the new account";
    UsersCreateExistingEmail = 371, "An account with this email address exists already";
    UsersCreateBirthday = 372, "Invalid birthday for the new account";
    UsersCreatePassword = 373, "Invalid password for the new account";
    UsersRegisterCredentialInvalid = 374, "Registration credential is invalid";
    UsersRegisterConfFailed = 375, "Registration could not be confirmed";
    UsersRegisterExisting = 376, "This person is registered already";
    UsersRegisterDefaultError = 377, "Registration failed";
    UsersRegisterPasswordBlank = 378, "Password is blank";
    UsersRegisterPasswordInvalidChars = 379, "Password holds characters that are not allowed";
    UsersRegisterPasswordShort = 380, "Password is too short";
    UsersRegisterPasswordWeak = 381, "Password is too weak";
    UsersRegisterUsernameError = 382, "Name was refused";
    UsersRegisterMissingInput = 383, "Registration input is missing";
    UsersRegisterIncompleteBday = 384, "Birthday is incomplete";
    UsersRegisterInvalidEmail = 385, "Email address is invalid";
    UsersRegisterEmailDisabled = 386, "Email address is disabled";
    UsersRegisterAddUserFailed = 387, "Adding the user failed";
    UsersRegisterNoGender = 388, "Gender is missing";
    AuthEmail = 400, "Invalid email address";
    AuthLogin = 401, "Invalid username or password";
    AuthSig = 402, "Invalid application auth sig";
    AuthTime = 403, "Invalid timestamp for authentication";
    SessionTimedOut = 450, "Session key specified has passed its expiration time";
    SessionMethod = 451, "Session key specified cannot be used to call this method";
    SessionInvalid = 452, "Session key invalid. This could be because the session key has an incorrect format, or because the user has revoked this session";
    SessionRequired = 453, "A session key is required for calling this method";
    SessionRequiredForSecret = 454, "A session key must be specified when request is signed with a session secret";
    SessionCannotUseSessionSecret = 455, "A session secret is not permitted to be used with this type of session key";
    MesgBanned = 500, "Message contains banned content";
    MesgNoBody = 501, "Missing message body";
    MesgTooLong = 502, "Message is too long";
    MesgRate = 503, "User has sent too many messages";
    MesgInvalidThread = 504, "Invalid reply thread id";
    MesgInvalidRecip = 505, "Invalid message recipient";
    MesgDuplicate = 506, "Duplicate status message";
    PokeInvalidRecip = 510, "Invalid poke recipient";
    PokeOutstanding = 511, "There is a poke already outstanding";
    PokeRate = 512, "User is poking too fast";
    PokeUserBlocked = 513, "User cannot poke via API";
    FqlUnknownError = 600, "An unknown error occurred in FQL";
    FqlParserError = 601, "Error while parsing FQL statement.";
    FqlUnknownField = 602, "The field you requested does not exist.";
    FqlUnknownTable = 603, "The table you requested does not exist.";
    FqlNoIndex = 604, "Your statement is not indexable.";
    FqlUnknownFunction = 605, "The function you called does not exist.";
    FqlInvalidParam = 606, "Wrong number of arguments passed into the function.";
    FqlInvalidField = 607, "FQL field specified is invalid in this context.";
    FqlInvalidSession = 608, "An invalid session was specified";
    FqlUnsupportedAppType = 609, "This table does not support the type of this application";
    FqlSessionSecretNotAllowed = 610, "This table cannot be used with a session secret";
    FqlDeprecatedTable = 611, "This table is deprecated";
    FqlExtendedPermission = 612, "The stream requires an extended permission";
    FqlRateLimitExceeded = 613, "Calls to stream have exceeded the rate of 100 calls per 600 seconds.";
    FqlUnresolvedDependency = 614, "Unresolved dependency in multiquery";
    FqlInvalidSearch = 615, "This search is invalid";
    FqlTooManyFriendsForPreload = 617, "Too many friends for Preload FQL";
    RefSetFailed = 700, "Unknown failure in storing ref data. Please try again.";
    FbAppUnknownError = 750, "Unknown Facebook application integration failure.";
    FbAppFetchFailed = 751, "Fetch from remote site failed.";
    FbAppNoData = 752, "Application returned no data";
    FbAppNoPermissions = 753, "Application reported invalid permissions";
    FbAppTagMissing = 754, "Application returned data without a matching tag";
    FbAppDbFailure = 755, "The database for this object failed.";
    DataUnknownError = 800, "Unknown data store API error";
    DataInvalidOperation = 801, "Invalid operation";
    DataQuotaExceeded = 802, "Data store allowable quota was exceeded";
    DataObjectNotFound = 803, "Specified object cannot be found";
    DataObjectAlreadyExists = 804, "Specified object already exists";
    DataDatabaseError = 805, "A database error occurred. Please try again";
    DataCreateTemplateError = 806, "Unable to add FBML template to template database. Please try again.";
    DataTemplateExistsError = 807, "No active template bundle with that ID or handle exists.";
    DataTemplateHandleTooLong = 808, "Template bundle handles must contain less than or equal to 32 characters.";
    DataTemplateHandleAlreadyInUse = 809, "Template bundle handle already identifies a previously registered template bundle, and handles can not be reused.";
    DataTooManyTemplateBundles = 810, "Application has too many active template bundles, and some must be deactivated before new ones can be registered.";
    DataMalformedActionLink = 811, "One of more of the supplied action links was improperly formatted.";
    DataTemplateUsesReservedToken = 812, "The template uses a reserved token";
    SmsInvalidSession = 850, "Invalid sms session.";
    SmsMsgLen = 851, "Invalid sms message length.";
    SmsUserQuota = 852, "Over user daily sms quota.";
    SmsUserAsleep = 853, "Unable to send sms to user at this time.";
    SmsAppQuota = 854, "Over application daily sms quota/rate limit.";
    SmsNotRegistered = 855, "User is not registered for Facebook Mobile Texts";
    SmsNotificationsOff = 856, "User has SMS notifications turned off";
    SmsCarrierDisable = 857, "The mobile operator does not allow this application";
    NoSuchApp = 900, "No such application exists.";
    BatchTooManyItems = 950, "Each batch API can not contain more than 20 items";
    BatchAlreadyStarted = 951, "A batch has been started already";
    BatchNotStarted = 952, "No batch has been started";
    BatchMethodNotAllowedInBatchMode = 953, "This method is not allowed in batch mode";
    EventInvalidTime = 1000, "Invalid time for an event.";
    EventNameLocked = 1001, "You are no longer able to change the name of this event.";
    InfoNoInformation = 1050, "No information has been set for this user";
    InfoSetFailed = 1051, "Setting info failed. Check the formatting of your info fields.";
    LivemessageSendFailed = 1100, "An error occurred while sending the LiveMessage.";
    LivemessageEventNameTooLong = 1101, "The event_name parameter must be no longer than 128 bytes.";
    LivemessageMessageTooLong = 1102, "The message parameter must be no longer than 1024 bytes.";
    ChatSendFailed = 1200, "An error occurred while sending the message.";
    PagesCreate = 1201, "You have created too many pages";
    ConnectFeedDisabled = 1300, "Feed publishing is disabled for this session";
    TagBundleQuota = 1400, "Too many custom tags";
    ShareBadUrl = 1500, "The url you supplied is invalid";
    NoteCannotModify = 1600, "The user does not have permission to modify this note.";
    CommentsUnknown = 1700, "An unknown error has occurred.";
    CommentsPostTooLong = 1701, "The specified post was too long.";
    CommentsDbDown = 1702, "The comments database is down.";
    CommentsInvalidXid = 1703, "The specified xid is not valid. xids can only contain letters, numbers, and underscores";
    CommentsInvalidUid = 1704, "The specified user is not a user of this application";
    CommentsInvalidPost = 1705, "There was an error during posting.";
    CommentsInvalidRemove = 1706, "While attempting to remove the post.";
    FeaturePublishDisabled = 2000, "Publishing is switched off for this application";
    FeatureEmailDisabled = 2005, "Sending email is switched off for this application";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn numbers_rise_and_lead_back_to_their_code() {
        for pair in Code::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number(), "{:?} stands before {:?}", pair[0], pair[1]);
        }
        for &code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(code));
            assert!(!code.text().is_empty());
        }
        assert_eq!(Code::from_number(9999), None);
    }

    #[test]
    fn texts_that_clients_compare() {
        assert_eq!(Code::ParamApiKey.text(), "Invalid API key");
        assert_eq!(Code::ParamSessionKey.number(), 102);
        assert_eq!(Code::ParamAccessToken.text(), "Invalid OAuth 2.0 Access Token");
        assert_eq!(Code::ParamBlockedNotification.text(), "This notification was not delieved");
    }
}
